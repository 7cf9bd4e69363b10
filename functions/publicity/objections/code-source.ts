/** `source` of the events that carry a code: no domain events, so that nobody who hears those hears these. */
export const codeSource = 'software-support.codes';
