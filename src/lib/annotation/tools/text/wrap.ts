const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * A text in lines, each no wider than `widest` where that can be: broken between words, a word that is too wide for a
 * line between its letters. Line breaks of the text are kept.
 * @param widthOf width of a line, in the unit of `widest`
 */
export function wrap(text: string, widest: number, widthOf: (line: string) => number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (widthOf(longer) <= widest) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      const pieces = widthOf(word) <= widest ? [word] : broken(word, widest, widthOf);
      lines.push(...pieces.slice(0, -1));
      line = pieces.at(-1) ?? '';
    }
    return [...lines, line];
  });
}

/** At least one letter in each piece. */
function broken(word: string, widest: number, widthOf: (line: string) => number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const { segment } of graphemes.segment(word)) {
    if (piece !== '' && widthOf(piece + segment) > widest) {
      pieces.push(piece);
      piece = segment;
    } else piece += segment;
  }
  return [...pieces, piece];
}
