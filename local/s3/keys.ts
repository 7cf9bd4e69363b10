/** S3's own bound, of the key in UTF-8. */
export const maximumKeyBytes = 1_024;

/** s3rver marks its own files so; a key's segments that no file can be named by get such names. */
const mark = '._S3rver_';
const more = `${mark}more`;
const names = new Map([
  ['', `${mark}empty`],
  ['.', `${mark}dot`],
]);
/** File systems give a name 255 bytes, of which s3rver needs some. */
const longestName = 180;

/** What Windows has no names with; s3rver writes them so, too. */
const encodesNames = process.platform === 'win32';

/** A key in the form that s3rver makes a path of: every segment is a name, and different keys have different paths. */
export function pathOfKey(key: string): string {
  const segments = key.split('/');
  return segments
    .map((segment, index) => {
      const isLast = index === segments.length - 1;
      const parts = partsOf(isLast ? segment : (names.get(segment) ?? segment));
      return parts.map((part, at) => (at < parts.length - 1 ? `${part}${more}` : part)).join('/');
    })
    .join('/');
}

/** The key that `pathOfKey` made a path of. */
export function keyOfPath(path: string): string {
  const back = new Map([...names].map(([segment, name]) => [name, segment]));
  const plain = encodesNames
    ? path.replaceAll(/&([0-9a-f]{2})/g, (_all, hex: string) => Buffer.from(hex, 'hex').toString())
    : path;
  return plain
    .split('/')
    .map((part) => (part.endsWith(more) ? part.slice(0, -more.length) : `${back.get(part) ?? part}/`))
    .join('')
    .slice(0, -1);
}

/** Pieces of a segment that are short enough, cut between characters. */
function partsOf(segment: string): string[] {
  const parts = [''];
  let size = 0;
  for (const character of segment) {
    size += Buffer.byteLength(character);
    if (size > longestName) {
      parts.push('');
      size = Buffer.byteLength(character);
    }
    parts.push(`${parts.pop()}${character}`);
  }
  return parts;
}
