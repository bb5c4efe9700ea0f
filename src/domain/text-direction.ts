/** Scripts that are written from the right: those of the Unicode blocks for them. */
const fromRight =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}\u200F\u061C]/u;
const strong = /[\p{L}\u200E\u200F\u061C]/u;

/**
 * The direction of a text by its first strong letter, as `dir="auto"` has it (UAX 9, rules P2 and P3); `ltr` where it has
 * none.
 */
export function directionOf(text: string): 'ltr' | 'rtl' {
  const first = strong.exec(text)?.[0];
  return first !== undefined && fromRight.test(first) ? 'rtl' : 'ltr';
}
