import { createHash } from 'node:crypto';

const starts = {
  'application/pdf': Buffer.from('%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n<<>>\nendobj\n'),
  'image/png': Buffer.from(
    '89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000049444154',
    'hex',
  ),
  'image/jpeg': Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
} as const;

export type FileType = keyof typeof starts;
export const fileTypes = Object.keys(starts) as FileType[];

/** Bytes of a file of a type: a true beginning, then filling up to the length asked for. */
export function fileOf(type: FileType, length = 100): Buffer {
  return Buffer.concat([starts[type], Buffer.alloc(Math.max(0, length - starts[type].length), 0x20)]);
}

/** What an applicant declares of a file before uploading it. */
export function declaration(bytes: Uint8Array, contentType: string, material = 'certificate') {
  return {
    material,
    fileName: 'DCMM 证书.pdf',
    contentType,
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
