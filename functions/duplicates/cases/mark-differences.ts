/** A piece of a text, and whether the other text has it too, in the same order. */
export interface Piece {
  readonly text: string;
  readonly shared: boolean;
}

/**
 * Cuts two texts into the pieces that they share in order (their longest common subsequence of characters) and those
 * that they do not, so that a person sees at once what differs.
 * @returns the pieces of each; joined they are the texts again.
 */
export function markDifferences(a: string, b: string): readonly [Piece[], Piece[]] {
  const [left, right] = [[...a], [...b]];
  const lengths = commonLengths(left, right);
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  const [ofLeft, ofRight]: [boolean[], boolean[]] = [left.map(() => false), right.map(() => false)];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j] && at(i, j) === at(i + 1, j + 1) + 1) {
      ofLeft[i] = true;
      ofRight[j] = true;
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return [pieces(left, ofLeft), pieces(right, ofRight)];
}

/** Length of the longest common subsequence from each pair of places on. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const [row = [], below = []] = [lengths[i], lengths[i + 1]];
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

function pieces(characters: readonly string[], shared: readonly boolean[]): Piece[] {
  const cut: { text: string; shared: boolean }[] = [];
  characters.forEach((character, index) => {
    const is = shared[index] ?? false;
    const last = cut.at(-1);
    if (last?.shared === is) last.text += character;
    else cut.push({ text: character, shared: is });
  });
  return cut;
}
