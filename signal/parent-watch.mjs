// @ts-check
// Loaded before the relay when `npm start` runs it: whoever kills npm means the relay too, and a relay that stays
// behind would hold the port. Signals to the whole group arrive by themselves; this covers the lone kill of a parent.
import { readFileSync } from 'node:fs';

const everyMs = 200;
const graceMs = 5_000;

/** npm starts a shell that starts us; where /proc exists the shell's own parent is watched too. */
function ancestors() {
  try {
    const parentOfParent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${process.ppid}/status`, 'utf8'))?.[1];
    return `${process.ppid} ${parentOfParent}`;
  } catch {
    return `${process.ppid}`;
  }
}

const atStart = ancestors();
const watch = setInterval(() => {
  if (ancestors() === atStart) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref();
}, everyMs);
watch.unref();
