/**
 * What keeps a file from being of use though it begins as one of its format does, or from being safe: it runs something
 * (`active`), carries other files than XML data, reads from elsewhere (`fetching`), unpacks to too much, or cannot be looked into. What is
 * harmful by its content, a scanner tells.
 */
export type FileFlaw =
  | ('mismatch' | 'encrypted' | 'incomplete')
  | ('active' | 'carrying' | 'fetching' | 'expanding' | 'hidden');
