/**
 * What keeps a file from being of use though it begins as one of its format does, or from being safe: it runs something
 * (`active`), carries other files, reads from elsewhere (`fetching`), unpacks to too much, cannot be looked into, or is known
 * as harmful (`infected`).
 */
export type FileFlaw =
  | ('mismatch' | 'encrypted' | 'incomplete')
  | ('active' | 'carrying' | 'fetching' | 'expanding' | 'hidden' | 'infected');
