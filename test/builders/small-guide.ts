import { readFileSync } from 'node:fs';

/** YAML of a small guide for 2027 with one item of each kind of amount. */
export const smallGuideText = readFileSync(new URL('./small-guide.yaml', import.meta.url), 'utf8');
