/**
 * Puts what was answered into a text that is being typed, before what the person wrote by themselves. What an earlier
 * walk put there makes room; what is there already is not written twice.
 */
export function fillIn(typed: string, earlier: string, answers: string): string {
  if (answers !== '' && typed.startsWith(answers)) return typed;
  const own = earlier !== '' && typed.startsWith(earlier) ? typed.slice(earlier.length) : typed;
  return [answers, own.trim()].filter(Boolean).join('\n');
}
