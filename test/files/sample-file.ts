/** A small file as somebody may send it, sound or broken, and what is to become of it. */
export interface SampleFile<Outcome> {
  /** What is special about it, and how it would be called. */
  readonly name: string;
  readonly content: () => Buffer;
  readonly comesTo: Outcome;
}
