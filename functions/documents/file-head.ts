import { fileTypeFromBuffer } from 'file-type';

/** Bytes of a file's beginning that tell its type. */
export const headBytes = 4100;

/** The media type that a file's first bytes show, or undefined when they show none that is known. */
export async function typeOfHead(head: Uint8Array): Promise<string | undefined> {
  const type = await fileTypeFromBuffer(head);
  return type?.mime;
}
