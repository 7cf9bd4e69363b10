/** Tells what happens, in both languages. */
export type Say = (zh: string, en: string) => void;

export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** Progress lines with the seconds since the beginning. */
export function createProgress(print: (line: string) => void): Say {
  const start = performance.now();
  return (zh, en) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    print(`${seconds.padStart(6)} s  ${zh} · ${en}`);
  };
}
