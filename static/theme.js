// Before the first paint: the theme chosen on this device, so that the page does not flash.
try {
  const theme = localStorage.getItem('sightline-theme');
  if (theme === 'light' || theme === 'dark' || theme === 'field') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to this page: the system decides.
  delete document.documentElement.dataset.theme;
}
