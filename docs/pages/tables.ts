import { readFileSync } from 'node:fs';
import { type Cover, covers } from '../../functions/audit/coverage.ts';
import type { EntityShape } from '../../functions/shared/keys.ts';
import { leading } from '../../functions/shared/keys.ts';
import { catalogue, type TableName } from '../../functions/shared/tables.ts';
import { doors } from '../../infra/access/doors.ts';
import { type AnyAccess, type DoorSettings, leadingKeys } from '../../infra/access/rights.ts';

const source = new URL('../../functions/shared/tables.ts', import.meta.url);

const head = `# Tables

Written by \`npm run pages\` from the catalogue, \`functions/shared/tables.ts\`, and from the rights of the functions,
\`infra/access/\`. Every table has string keys \`pk\` and \`sk\`; a part in braces stands for its value, and with a number
for one of so many digits. IAM tells partitions apart and not what stands in them: who may touch one item of a partition
may touch all of them. What ends by itself does so at \`expiresAt\`.
`;

/** docs/tables.md: what stands in each table, under which keys, and who may touch it. */
export function tablesPage(): string {
  const meanings = meaningsIn(readFileSync(source, 'utf8'));
  const sections = Object.values(catalogue).map(({ name }) => section(name, meanings));
  return [head, ...sections].join('\n');
}

function section(table: TableName, meanings: ReadonlyMap<string, string>): string {
  const { entities, indexes, stream } = catalogue[table];
  const kinds = Object.entries<{ readonly shape: EntityShape }>(entities);
  const rows = kinds.map(([kind, { shape }]) => {
    const meaning = meanings.get(`${table}.${kind}`);
    if (!meaning) throw new Error(`functions/shared/tables.ts does not say what ${table}.${kind} is`);
    const keys = patternsOf(table, shape).map((pk) => `\`${pk}\``);
    return [
      kind,
      `${keys.join(' or<br>')}<br>\`${shape.sk}\``,
      `${meaning}${shape.expires ? ' Ends by itself.' : ''}`,
      coverOf(table, kind, shape),
      Object.entries(shape.indexes ?? {})
        .map(([index, [partition, sort] = ['', '']]) => `${index}: \`${partition}\`, \`${sort}\``)
        .join('<br>'),
    ];
  });
  const touching = [
    ...Object.values<string>(catalogue[table].partitions).map((pattern) => [
      `\`${pattern}\``,
      doorsWith(table, (access) => touches(table, access, pattern) && access.actions.some(writes)),
      doorsWith(table, (access) => touches(table, access, pattern) && access.actions.some(reads)),
    ]),
    ...Object.keys(indexes).map((index) => [
      `index ${index}`,
      '',
      doorsWith(table, ({ indexes = [], scannedIndexes = [] }) =>
        [...indexes, ...scannedIndexes].some((one) => one === index),
      ),
    ]),
  ];
  return [
    `## ${table}\n`,
    `${stream ? 'Its changes go to a stream.\n' : ''}`,
    tableOf(
      ['Item', 'Key', 'What it is', 'If somebody alters it', 'Indexes, each with its partition and order'],
      rows,
    ),
    tableOf(['Partition', 'May be written by', 'May be read by'], touching),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** What finds an item that was altered, or why it does not matter. */
function coverOf(table: TableName, kind: string, { witnessed }: EntityShape): string {
  if (witnessed) return 'its witness tells';
  const cover = Reflect.get(covers[table], kind) as Cover | { readonly unwatched: string } | undefined;
  return typeof cover === 'object' ? `nothing tells: ${cover.unwatched}` : `the ${cover} tells`;
}

function patternsOf(table: TableName, { in: names }: EntityShape): string[] {
  const patterns: Readonly<Record<string, string>> = catalogue[table].partitions;
  return [names].flat().map((name) => patterns[name] ?? '');
}

/** Whether an access is not confined to others than a partition. */
function touches(table: TableName, access: AnyAccess, pattern: string): boolean {
  const keys = leadingKeys(catalogue[table], { ...access, indexes: [], listed: [] });
  if (!access.partitions && !access.listed) return true;
  const own = leading(pattern);
  return (keys ?? []).some((key) => fits(key, own) || fits(own, key));
}

/** Whether all that one pattern allows is allowed by another. */
function fits(text: string, pattern: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

const writes = (action: string) => /^(Put|Update|Delete|BatchWrite)/.test(action);
const reads = (action: string) => /^(Get|BatchGet|Query|Scan)/.test(action);

function doorsWith(table: TableName, has: (access: AnyAccess) => boolean): string {
  return Object.entries<DoorSettings>(doors)
    .filter(([, { tables }]) => (tables[table] ?? []).some(has))
    .map(([door]) => door)
    .join(', ');
}

function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `${[line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

/** What the catalogue's comments say of each kind of item, as `table.kind`. */
function meaningsIn(text: string): ReadonlyMap<string, string> {
  const tables = text.split(/^export const (?=\w+ = .*table\()/m).slice(1);
  return new Map(
    tables.flatMap((part) => {
      const table = /^\w+/.exec(part)?.[0];
      const entities = part.slice(part.indexOf('  entities: {'));
      return [...entities.matchAll(/^ {4}\/\*\*([^/]*?)\*\/\n {4}(\w+): \{/gm)].map(
        ([, comment = '', kind]) =>
          [`${table}.${kind}`, comment.replace(/\s*\n\s*\*\s*/g, ' ').trim()] as const,
      );
    }),
  );
}
