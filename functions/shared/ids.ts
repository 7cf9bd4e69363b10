import { ulid } from 'ulid';

/** Makes a new identifier: 26 characters, sortable by time (ULID). A port, so that tests can number things. */
export type NewId = () => string;

/** Identifiers from the machine's clock and randomness. */
export const newUlid: NewId = () => ulid();
