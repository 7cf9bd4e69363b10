import fc from 'fast-check';
import { openApiDocument } from '../../functions/contracts/openapi.ts';
import { allRoutes, type NamedRoute } from '../../functions/contracts/routes.ts';
import type { Actor } from '../../functions/shared/actor.ts';
import type { Random } from '../simulation/random.ts';
import type { DoorRequest } from './doors.ts';
import { people } from './rooms.ts';

/** A JSON schema, or a part of the document. */
type Json = { readonly [key: string]: unknown };

interface Operation {
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly schema: Json;
  }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Json }> };
}

const document = JSON.parse(JSON.stringify(openApiDocument(allRoutes))) as {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Json> };
};

/** What answers named: ids, hashes, cursors, to ask for things that are there. */
export class Known {
  readonly #texts = new Map<string, string[]>();

  /** Keeps the texts of an answer by their names. */
  learn(value: unknown, name = ''): void {
    if (Array.isArray(value)) for (const one of value.slice(0, 5)) this.learn(one, name);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) this.learn(inner, key);
    } else if (typeof value === 'string' && value.length < 400) {
      const known = this.#texts.get(name) ?? [];
      if (known.length < 50) this.#texts.set(name, [...known, value]);
      else known[value.length % 50] = value;
    }
  }

  /** A text under a name that answers had. */
  text(name: string, random: Random): string | undefined {
    const known = this.#texts.get(name === 'cursor' ? 'nextCursor' : name);
    return known && random.pick(known);
  }
}

/** Texts that break things: halves, controls, directions, lengths, what other languages make of them. */
const oddTexts = [
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    '\uD800',
    'a\uDC00b',
    '\u200B',
    '\uFEFF',
    '\u202Eabc',
    '\uFFFE',
    '\u2028',
    '\r\n',
  ],
  ...[
    'null',
    'undefined',
    'NaN',
    '-1',
    '0',
    '1e400',
    '0x10',
    'true',
    '[]',
    '{}',
    '[object Object]',
    '__proto__',
  ],
  ...[
    'constructor',
    'toString',
    '../../etc/passwd',
    "' OR 1=1 --",
    '<script>',
    '${jndi:ldap://a}',
    '%00',
    '%',
    '%zz',
  ],
  ...[
    '😀'.repeat(50),
    '\u0301'.repeat(300),
    'ﷺ'.repeat(30),
    'I\u0307',
    'ß',
    'Å',
    '①',
    '𠮷',
    '示例',
    '٣',
    '１２３',
  ],
  ...[
    'a'.repeat(300),
    'a'.repeat(1025),
    '文'.repeat(700),
    'x'.repeat(5_000),
    '#',
    'A#B',
    'AWARD-X#x',
    '/',
    '.',
  ],
  ...[
    '2026-02-30',
    '2026-13-01',
    '9999-12-31',
    '0000-01-01',
    '2026-11-30T00:00:00Z',
    '"1"',
    '"999999999999999999999"',
  ],
  ...['01ARZ3NDEKTSV4RRFFQ69G5FAV', '91440101731566630A', 'f'.repeat(64)],
];
const oddNumbers = [
  ...[
    0,
    -0,
    -1,
    1,
    0.1,
    1e-320,
    1e308,
    -1e308,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 63,
    1e21,
    99.995,
  ],
];
const oddValues = [null, true, false, [], {}, [[]], [null], { __proto__x: 1 }, { zh: 1 }, '', 0];

/** A value that nothing asked for. */
function oddValue(random: Random): unknown {
  switch (random.below(6)) {
    case 0:
      return random.pick(oddNumbers);
    case 1:
      return random.pick(oddValues);
    case 2:
      return Array.from({ length: random.pick([1, 3, 60, 600]) }, () => random.pick(oddTexts));
    case 3:
      return Object.fromEntries(
        oddTexts.slice(0, random.below(20)).map((text) => [text, random.pick(oddValues)]),
      );
    default:
      return random.pick(oddTexts);
  }
}

/** Samples of a pattern: making them is dear. */
const samples = new Map<string, readonly string[]>();
function matching(pattern: string, random: Random): string {
  const known =
    samples.get(pattern) ?? fc.sample(fc.stringMatching(new RegExp(pattern)), { numRuns: 20, seed: 0 });
  samples.set(pattern, known);
  return random.pick(known);
}

const words = [
  '示例项目',
  '广州示例云帆软件有限公司',
  'ab',
  '二(二)6',
  '情况属实，请予核查，谢谢。',
  'Example text of some length',
];

/** A value as a schema asks for it. */
function sampleOf(schema: Json, name: string, known: Known, random: Random): unknown {
  const ref = schema['$ref'];
  if (typeof ref === 'string') {
    return sampleOf(document.components.schemas[ref.split('/').at(-1) ?? ''] ?? {}, name, known, random);
  }
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return random.pick(schema['enum']);
  const options = schema['oneOf'] ?? schema['anyOf'] ?? schema['allOf'];
  if (Array.isArray(options)) return sampleOf(random.pick(options as Json[]), name, known, random);
  switch (schema['type']) {
    case 'object':
      return objectOf(schema, known, random);
    case 'array': {
      const [least, most] = [Number(schema['minItems'] ?? 0), Number(schema['maxItems'] ?? 3)];
      const length = least + random.below(Math.min(3, most - least) + 1);
      return Array.from({ length }, () => sampleOf((schema['items'] ?? {}) as Json, name, known, random));
    }
    case 'integer':
    case 'number': {
      const least = Number(schema['minimum'] ?? 0);
      return Math.min(Number(schema['maximum'] ?? 1e9), least + random.pick([0, 1, 3, 100, 50_000_000]));
    }
    case 'boolean':
      return random.chance(0.5);
    case 'null':
      return null;
    default:
      return textOf(schema, name, known, random);
  }
}

function objectOf(schema: Json, known: Known, random: Random): Json {
  const required = new Set((schema['required'] ?? []) as string[]);
  const fields = Object.entries((schema['properties'] ?? {}) as Record<string, Json>)
    .filter(([key]) => required.has(key) || random.chance(0.5))
    .map(([key, inner]) => [key, sampleOf(inner, key, known, random)]);
  const others = schema['additionalProperties'];
  const free = typeof others === 'object' && others !== null ? ['level', 'a', 'certificateNumber'] : [];
  const more = free
    .filter(() => random.chance(0.4))
    .map((key) => [key, sampleOf(others as Json, key, known, random)]);
  return Object.fromEntries([...more, ...fields]);
}

function textOf(schema: Json, name: string, known: Known, random: Random): string {
  const given = random.chance(0.7) ? known.text(name, random) : undefined;
  if (given !== undefined) return given;
  const day = `20${random.pick(['26-03-02', '26-11-30', '99-01-05'])}`;
  if (schema['format'] === 'date') return day;
  if (schema['format'] === 'date-time') return `${day}T00:00:00Z`;
  if (schema['format'] === 'email') return 'somebody@example.org';
  if (typeof schema['pattern'] === 'string') return matching(schema['pattern'], random);
  return random.pick(words).slice(0, Number(schema['maxLength'] ?? 100));
}

/** The same with some places broken. */
function broken(value: unknown, random: Random): unknown {
  if (random.chance(0.25) || typeof value !== 'object' || value === null) return oddValue(random);
  if (Array.isArray(value)) {
    const place = random.below(value.length + 1);
    return [...value.slice(0, place), broken(value[place] ?? null, random), ...value.slice(place + 1)];
  }
  const keys = Object.keys(value);
  const at = keys.length > 0 ? random.pick(keys) : 'a';
  const entries = Object.entries(value);
  switch (random.below(4)) {
    case 0:
      return Object.fromEntries(entries.filter(([key]) => key !== at));
    case 1:
      return Object.fromEntries([...entries, [random.pick(oddTexts), oddValue(random)]]);
    default:
      return Object.fromEntries(
        entries.map(([key, inner]) => [key, key === at ? broken(inner, random) : inner]),
      );
  }
}

/** Bodies that are no JSON, or not what JSON is for. */
function brokenText(text: string, random: Random): string {
  switch (random.below(8)) {
    case 0:
      return text.slice(0, random.below(text.length + 1));
    case 1:
      return `\uFEFF${text}`;
    case 2:
      return `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    case 3:
      return text.replace('{', '{"__proto__":{"a":1},"constructor":1,');
    case 4:
      return random.pick(['', 'null', '0', '"text"', '[]', 'NaN', '{}{}', "{'a':1}", '1e999', '\0']);
    case 5:
      return text.replace(/[^\x20-\x7E]/g, '\uFFFD');
    case 6:
      return `{"a":"${'x'.repeat(random.pick([10, 1_000_000]))}"}`;
    default:
      return text.replace(/"([^"]*)"/, '"\\ud800$1"');
  }
}

const csvFiles = [
  'payment_id,result,amount_yuan,date,reference,reason\nTOTAL,0,0.00\n',
  'payment_id,result,amount_yuan,date,reference,reason\n01ARZ3NDEKTSV4RRFFQ69G5FAV-0001,paid,1.00,2026-11-30,a,\nTOTAL,1,1.00\n',
  'award_id,uscc,name,level,year,matter_kind,matter_detail,project_name,evidence,amount_yuan,status\nA-1,91440101731566630A,示例公司,municipal,2024,dcmm,,示例,,1.00,granted\n',
];

function oddCsv(random: Random): string {
  const file = random.pick(csvFiles);
  if (random.chance(0.3)) return file;
  const cells = file.split(/([,\n])/);
  const at = random.below(cells.length);
  const odd = random.chance(0.5)
    ? random.pick(oddTexts)
    : random.pick(['"', '""', '\n', '\r', ',', ';', '\t', '=1+1']);
  return [...cells.slice(0, at), odd, ...cells.slice(at + 1)].join('');
}

const everybody: readonly Actor[] = Object.values(people);

/** A request to an operation as its document asks for it, and then, mostly, broken in some places. */
export function oddRequest(route: NamedRoute, known: Known, random: Random): DoorRequest {
  const operation = document.paths[route.path]?.[route.method.toLowerCase()];
  if (!operation) throw new Error(`the document has no ${route.id}`);
  const valid = random.chance(0.2);
  const breaks = () => !valid && random.chance(0.3);
  const parts: Record<'path' | 'query' | 'header', Record<string, string>> = {
    path: {},
    query: {},
    header: {},
  };
  for (const { name, in: place, required, schema } of operation.parameters) {
    if (!required && random.chance(0.6)) continue;
    const value = breaks() ? oddValue(random) : sampleOf(schema, name, known, random);
    if (place !== 'path' && breaks()) continue;
    parts[place][name] = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  }
  if (breaks()) parts.query[random.pick(oddTexts)] = random.pick(oddTexts);
  if (breaks()) parts.query['cursor'] = oddCursor(known, random);
  if (breaks())
    parts.header[random.pick(['content-type', 'if-match', 'idempotency-key', 'accept', 'if-none-match'])] =
      random.pick([...oddTexts, 'text/csv', 'application/json', 'application/json; charset=gbk']);
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const body = schema && !route.text ? sampleOf(schema, '', known, random) : undefined;
  const sent = body !== undefined && !valid && random.chance(0.7) ? broken(body, random) : body;
  const text = route.text ? oddCsv(random) : sent === undefined ? undefined : JSON.stringify(sent);
  return {
    actor: actorFor(route, random),
    params: parts.path,
    query: parts.query,
    headers: parts.header,
    ...(text !== undefined && { text: breaks() && random.chance(0.3) ? brokenText(text, random) : text }),
  };
}

/** The gateway lets nobody through without a token. */
function actorFor({ roles }: NamedRoute, random: Random): Actor {
  const able = everybody.filter((person) => roles.some((role) => person.roles.includes(role)));
  return able.length === 0 || random.chance(0.05) ? random.pick(everybody) : random.pick(able);
}

/** A cursor of another listing, changed, or made by somebody who knows how they look. */
function oddCursor(known: Known, random: Random): string {
  const given = known.text('cursor', random);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  if (given === undefined || random.chance(0.3)) {
    return random.pick([
      ...oddTexts,
      encode(null),
      encode([]),
      encode({ of: 1 }),
      encode({ of: 'a', at: { sk: '' } }),
    ]);
  }
  try {
    const { of, at } = JSON.parse(Buffer.from(given, 'base64url').toString()) as { of: string; at: Json };
    const key = random.pick(Object.keys(at));
    return encode({
      of,
      at: { ...at, [key]: random.chance(0.8) ? random.pick(oddTexts) : oddValue(random) },
    });
  } catch {
    return given;
  }
}
