import { inflateRawSync } from 'node:zlib';

/** The EICAR test file, in two parts, so that no scanner takes this one for it. */
const testVirus = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!'].join('');
const partHeader = Buffer.from('PK\x03\x04', 'latin1');
const partHeaderBytes = 30;
/** What a part unpacks to at most. */
const unpackedLimit = 64 * 1_048_576;

/** Whether a file, or a part of a package, holds the file that every scanner knows as harmful, so that tests can use it. */
export function isHarmful(file: Buffer): boolean {
  if (file.includes(testVirus)) return true;
  for (let at = file.indexOf(partHeader); at !== -1; at = file.indexOf(partHeader, at + 1)) {
    if (at + partHeaderBytes > file.length || file.readUInt16LE(at + 8) !== 8) continue;
    const begin = at + partHeaderBytes + file.readUInt16LE(at + 26) + file.readUInt16LE(at + 28);
    if (unpacked(file.subarray(begin)).includes(testVirus)) return true;
  }
  return false;
}

function unpacked(packed: Buffer): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: unpackedLimit });
  } catch {
    return Buffer.alloc(0);
  }
}
