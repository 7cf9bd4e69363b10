import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../../functions/contracts/openapi.ts';
import { allRoutes } from '../../functions/contracts/routes.ts';

interface Answer {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}
interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Answer>>;
}

const document = JSON.parse(JSON.stringify(openApiDocument(allRoutes))) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

/** Compiles what is asked for and no more, once in each process. */
const ajv = new Ajv2020({ strict: false, validateFormats: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'openapi', ...document });
const escaped = (step: string) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
const schemaAt = (...steps: readonly string[]) =>
  ajv.getSchema(`openapi#/${[...steps, 'schema'].map(escaped).join('/')}`);

const patterns = Object.keys(document.paths).map((path) => ({
  path,
  // What stands fixed in a path comes before what is named in its place.
  fixed: path.split('/').filter((step) => step !== '' && !step.startsWith('{')).length,
  form: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
}));

/** Headers that an answer of ours has only where the document says so. */
const told = [
  ...['etag', 'location', 'link', 'content-disposition', 'content-encoding', 'retry-after'],
  ...['vary', 'www-authenticate', 'x-request-id'],
];

/**
 * What of an answer the description of the API does not say: its status, a header, the type or the form of its body.
 * Undefined where nothing is wrong, or where no operation was called.
 */
export function undocumented(
  method: string,
  path: string,
  { status, headers, text }: { readonly status: number; readonly headers: Headers; readonly text: string },
): string | undefined {
  const [found] = patterns.filter(({ form }) => form.test(path)).sort((a, b) => b.fixed - a.fixed);
  const operation = found && document.paths[found.path]?.[method.toLowerCase()];
  if (!found || !operation) return undefined;
  const where = `${operation.operationId} ${status}`;
  const answer = operation.responses[status];
  if (!answer) return `${where} is not in the description of the API: ${text.slice(0, 300)}`;
  const more = told.find((name) => headers.has(name) && !(name in (answer.headers ?? {})));
  if (more !== undefined) return `${where} has the header ${more}, which is not described`;
  if (text === '') return answer.content ? `${where} has no body` : undefined;
  const given = headers.get('content-type') ?? '';
  const type = [given, given.split(';')[0] ?? ''].find((one) => answer.content?.[one]);
  if (type === undefined) return `${where} is ${given}, which is not described`;
  if (!type.endsWith('json')) return undefined;
  const check = schemaAt(
    'paths',
    found.path,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    type,
  );
  if (!check) return `${where} has no schema`;
  return check(JSON.parse(text))
    ? undefined
    : `${where}: ${ajv.errorsText(check.errors)}: ${text.slice(0, 300)}`;
}
