/**
 * First bytes of each format that a guide may ask for. A general detector knows hundreds of formats and parses into
 * many of them, which is needless attack surface and a tenth of the bundle for the question asked here: whether a file
 * is what it was declared to be.
 */
const signatures = new Map([
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
]);

/** Bytes of a file's beginning that tell its format. */
export const headBytes = 8;

/** Whether a file that begins with `head` has the format of a media type; of types that are not known, none has. */
export function hasSignature(mediaType: string, head: Uint8Array): boolean {
  const signature = signatures.get(mediaType);
  return signature?.every((byte, index) => head[index] === byte) ?? false;
}
