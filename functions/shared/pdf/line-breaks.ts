/** What no line begins with: it may stand in the margin. */
const closing = /^[，。、；：？！）》」』】〕”’,.;:?!)\]}%]$/u;
/** What no line ends with. */
const opening = /^[（《「『【〔“‘([{]$/u;
/** Words of letters and digits stay together; every other character may begin a line. */
const pieces = /[\p{Script=Latin}\p{N}\p{M}_@#&+=/\\.'-]+|.\p{M}*/gsu;

/**
 * Breaks a text into lines as Chinese is set: between any two ideographs, between words of letters, never before what
 * closes or behind what opens. A word that is wider than a line is cut.
 * @param widthOf how wide a text is.
 */
export function breakLines(text: string, width: number, widthOf: (text: string) => number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const piece of piecesOf(paragraph, width, widthOf)) {
      if (line === '' || widthOf(line + piece) <= width || closing.test(piece)) {
        line += piece;
        continue;
      }
      const last = line.at(-1) ?? '';
      const carried = opening.test(last) && line.length > 1 ? last : '';
      lines.push(line.slice(0, line.length - carried.length).trimEnd());
      line = carried + piece.trimStart();
    }
    return [...lines, line.trimEnd()];
  });
}

function piecesOf(paragraph: string, width: number, widthOf: (text: string) => number): string[] {
  return [...paragraph.matchAll(pieces)].flatMap(([piece]) =>
    widthOf(piece) > width ? [...piece] : [piece],
  );
}
