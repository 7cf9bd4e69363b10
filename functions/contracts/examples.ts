/** A part of a JSON schema. */
type Json = { readonly [key: string]: unknown };

const code = '91440101731566630A';
const name = '广州示例云帆软件有限公司';
const hash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const ulid = '01M8PTY18XRSMAQTQV5AYX790S';

/** Texts and numbers of fields that are called so: companies that do not exist, amounts in fen. */
const byName: Readonly<Record<string, unknown>> = {
  uscc: code,
  organisation: code,
  parent: code,
  predecessors: code,
  name,
  organisationName: name,
  holder: name,
  projectName: '云帆数据中台研发项目',
  district: '440106',
  industryClass: '6513',
  department: 'district-440106',
  item: 'dcmm',
  pool: 'software-2026',
  poolId: 'software-2026',
  guide: '2026.1',
  version: 3,
  year: 2026,
  fiscalYear: 2026,
  citation: '二(二)6',
  clause: '二(二)6',
  zh: '材料齐全，符合条件。',
  en: 'The file is complete and meets the conditions.',
  reason: '材料齐全，符合条件。',
  note: '曾任该单位顾问',
  grounds: '公示内容与事实不符，请予复核。',
  bank: '示例银行广州分行',
  fileName: 'licence.pdf',
  contentType: 'application/pdf',
  phone: '020-12345678',
  accountNumber: '6222020000001234',
  bankAccount: '6222020000001234',
  idNumber: 'E12345678',
  direction: 'foundation',
  email: 'office@example.com',
  url: 'https://example.com/webhook',
  from: '2026-03-02',
  until: '2026-03-06',
  status: 403,
  type: 'urn:problem:forbidden',
  requestId: 'Zx3kHhYtPHcEJPw=',
};

/** What other texts may be, by the first that has their form. */
const texts: readonly string[] = [
  'dcmm',
  '示例',
  '2026-11-30',
  '2026-11-30T08:00:00Z',
  ulid,
  `${ulid}.1.1.district-440106.1`,
  `${ulid}.0123456789abcdef`,
  hash,
  `evt_${hash.slice(0, 32)}`,
  `${ulid}-0001`,
  code,
  '440106',
  '6513',
  '102581000013',
  '"3"',
  '020-12345678',
  'office@example.com',
  '{}',
];

/** Makes a value as a schema asks for it: the same each time, with every field that there is. */
export class ExampleMaker {
  readonly #components: Readonly<Record<string, unknown>>;

  /** @param components schemas that others refer to. */
  constructor(components: Readonly<Record<string, unknown>>) {
    this.#components = components;
  }

  /** @param field what the value is called. @throws Error where no text has the form that is asked for. */
  make(schema: Json, field = ''): unknown {
    const { $ref, allOf, anyOf, oneOf, enum: values, type } = schema;
    if (typeof $ref === 'string') {
      return this.make(this.#components[$ref.split('/').at(-1) ?? ''] as Json, field);
    }
    if (Array.isArray(schema['examples'])) return schema['examples'][0];
    if ('const' in schema) return schema['const'];
    if ('default' in schema) return schema['default'];
    if (Array.isArray(values)) return values[0];
    if (Array.isArray(allOf)) return this.#together(allOf, field);
    const [first] = (anyOf ?? oneOf ?? []) as readonly Json[];
    if (first) return this.make(first, field);
    switch (type) {
      case 'object':
        return this.#object(schema);
      case 'array':
        return this.#array(schema, field);
      case 'integer':
      case 'number':
        return numberOf(schema, field);
      case 'boolean':
        return true;
      case 'string':
        return textOf(schema, field);
      default:
        return null;
    }
  }

  #together(parts: readonly Json[], field: string): unknown {
    const values = parts.map((part) => this.make({ type: 'object', ...part }, field));
    return Object.assign({}, ...values.filter((value) => typeof value === 'object'));
  }

  #array({ items, minItems = 0 }: Json, field: string): unknown[] {
    const one = this.make((items ?? {}) as Json, field);
    return Array.from({ length: Math.max(1, Number(minItems)) }, () => one);
  }

  #object({ properties = {}, additionalProperties: others, propertyNames }: Json): Json {
    const fields = Object.entries(properties as Json).map(([key, inner]) => [
      key,
      this.make(inner as Json, key),
    ]);
    if (fields.length === 0 && typeof others === 'object' && others !== null) {
      const key = this.make({ type: 'string', ...(propertyNames as Json | undefined) });
      fields.push([String(key), this.make(others as Json)]);
    }
    return Object.fromEntries(fields);
  }
}

function numberOf({ minimum, maximum }: Json, field: string): number {
  const least = Number(minimum ?? 0);
  const most = Number(maximum ?? Number.MAX_SAFE_INTEGER);
  const usual = field.endsWith('Fen') ? 40_000_000 : Number(byName[field] ?? 1);
  return Math.min(Math.max(Number.isFinite(usual) ? usual : 1, least), most);
}

function textOf(
  { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY, format }: Json,
  field: string,
): string {
  if (format === 'binary') return '';
  const form = typeof pattern === 'string' ? new RegExp(pattern, 'u') : /^/u;
  const fits = (text: unknown): text is string =>
    typeof text === 'string' &&
    text.length >= Number(minLength) &&
    text.length <= Number(maxLength) &&
    form.test(text) &&
    (format !== 'uri' || URL.canParse(text));
  const found = [byName[field], ...texts, byName['grounds'], 'https://example.com/webhook'].find(fits);
  if (found === undefined) throw new Error(`no example of ${field} has the form ${pattern ?? format}`);
  return found;
}
