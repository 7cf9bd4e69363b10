import type { PackageEntry } from '../../filing/documents/package-directory.ts';
import { readPart } from './package-part.ts';
import type { SourceFile } from './sheet-row.ts';
import { attributeOf } from './xml-tags.ts';

/** Files of a package by their names, in lower case. */
export type Entries = ReadonlyMap<string, PackageEntry>;

/** What a part of a package leads to. */
export interface Relation {
  readonly id: string;
  /** Last word of the kind of relation, e.g. `worksheet`: what stands before it differs between standards. */
  readonly kind: string;
  /** Name of the part that it leads to. */
  readonly part: string;
}

/** Bytes that a list of relations may unpack to. */
const listBytes = 20 * 1000 ** 2;

/**
 * What a part leads to, in the order of its list; nothing when it has no such list.
 * @param part its name, in lower case; empty for the package itself.
 */
export async function relationsOf(file: SourceFile, entries: Entries, part: string): Promise<Relation[]> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1);
  const list = entries.get(`${folder}_rels/${part.slice(folder.length)}.rels`);
  const relations: Relation[] = [];
  await readPart(file, list, listBytes, {
    open: (name, attributes) => {
      if (name !== 'Relationship' || attributeOf(attributes, 'TargetMode') === 'External') return;
      relations.push({
        id: attributeOf(attributes, 'Id') ?? '',
        kind: (attributeOf(attributes, 'Type') ?? '').replace(/^.*\//, ''),
        part: partNamed(attributeOf(attributes, 'Target') ?? '', folder),
      });
    },
  });
  return relations;
}

/** The name of a part by a reference to it, which may begin at the package's root or be written in escapes. */
function partNamed(target: string, folder: string): string {
  const plain = target.replaceAll('\\', '/');
  const names: string[] = [];
  for (const name of (plain.startsWith('/') ? plain : `${folder}${plain}`).split('/')) {
    if (name === '..') names.pop();
    else if (name !== '.' && name !== '') names.push(name);
  }
  const joined = names.join('/').toLowerCase();
  try {
    return decodeURIComponent(joined);
  } catch {
    return joined;
  }
}
