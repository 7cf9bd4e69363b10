import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { validate } from '@readme/openapi-parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import openapiTypescript from 'openapi-typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/contracts/openapi.ts';
import { allRoutes } from '../../../functions/contracts/routes.ts';
import { undocumented } from '../../support/answers.ts';

/** As it goes over the wire; tools change what they are given. */
const document = () => JSON.parse(JSON.stringify(openApiDocument(allRoutes)));

describe('the OpenAPI document', () => {
  it('is valid to a validator by the schema of OpenAPI', async () => {
    const { valid, errors } = await new Validator().validate(document());
    expect([valid, errors]).toEqual([true, undefined]);
  });

  it('is valid to a validator that resolves what it refers to', async () => {
    const result = await validate(document());
    expect(result).toMatchObject({ valid: true });
  });

  it('would not be valid with an answer that has no description, or what it refers to missing', async () => {
    const broken = document();
    delete broken.paths['/v1/rounds'].post.responses[201].description;
    expect((await new Validator().validate(structuredClone(broken))).valid).toBe(false);
    const { GatewayMessage: _, ...schemas } = broken.components.schemas;
    const loose = { ...document(), components: { ...broken.components, schemas } };
    const found = await validate(loose).then(
      ({ valid }) => valid,
      () => false,
    );
    expect(found).toBe(false);
  });
});

describe('examples', () => {
  const { paths } = document();
  const bodies = allRoutes.map((route) => ({
    route,
    operation: paths[route.path][route.method.toLowerCase()],
  }));

  it.each(bodies)(
    'of $route.id are taken by its contract, and every body has one',
    ({ route, operation }) => {
      const { requestBody, responses } = operation;
      if (route.body) route.body.parse(requestBody.content['application/json'].example);
      const answer = responses[route.response.status];
      if (route.response.body) route.response.body.parse(answer.content['application/json'].example);
      const contents = [requestBody, ...Object.values(responses)].flatMap((body) =>
        Object.values((body as { content?: object } | undefined)?.content ?? {}),
      );
      for (const content of contents)
        expect(Object.keys(content).filter((key) => /^example/.test(key))).toHaveLength(1);
    },
  );

  it('of answers are such as the document describes', () => {
    const faults = bodies.map(({ route, operation }) => {
      const { status } = route.response;
      const example = operation.responses[status].content?.['application/json']?.example;
      if (example === undefined) return undefined;
      const path = route.path.replace(/\{\w+\}/g, 'one');
      const headers = new Headers({ 'content-type': 'application/json' });
      return undocumented(route.method, path, { status, headers, text: JSON.stringify(example) });
    });
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });
});

describe('an answer that the document does not describe', () => {
  const headers = new Headers({ 'content-type': 'application/json' });
  it.each([
    ['a status', 418, '{}', headers, 'getRound 418 is not in'],
    ['a body of another form', 200, '{"roundId":1}', headers, 'getRound 200: data'],
    ['no body', 200, '', headers, 'getRound 200 has no body'],
    ['another type', 404, '<p>', new Headers({ 'content-type': 'text/html' }), 'getRound 404 is text/html'],
    ['a header', 200, '{}', new Headers({ location: '/' }), 'getRound 200 has the header location'],
  ])('is found: %s', (_, status, text, of, fault) => {
    expect(undocumented('GET', '/v1/rounds/one', { status, headers: of, text })).toContain(fault);
  });

  it('is none where nothing was asked of the API', () => {
    expect(undocumented('GET', '/nothing', { status: 404, headers, text: '' })).toBeUndefined();
  });
});

describe('a client generated from the document', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'client-'));
    await writeFile(join(folder, 'api.d.ts'), await openapiTypescript(document()));
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          target: 'es2024',
          module: 'nodenext',
          types: [],
          lib: ['es2024', 'dom'],
        },
      }),
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const compile = async (call: string) => {
    await writeFile(
      join(folder, 'call.ts'),
      `import type { operations } from './api.d.ts';
type Open = operations['openRound'];
type Body = Open['requestBody']['content']['application/json'];
type Round = Open['responses'][201]['content']['application/json'];
type Key = Open['parameters']['header']['idempotency-key'];
export async function openRound(body: Body, key: Key): Promise<Round['status']> {
  const response = await fetch('/v1/rounds', { method: 'POST', headers: { 'idempotency-key': key }, body: JSON.stringify(body) });
  return ((await response.json()) as Round).status;
}
${call}
`,
    );
    const tsc = join(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');
    return promisify(execFile)(process.execPath, [tsc, '-p', folder]).then(
      () => 'compiled',
      (error: unknown) => String((error as { stdout?: string }).stdout ?? error),
    );
  };

  it('compiles, with a call and what it answers', async () => {
    expect(
      await compile(
        "export const status: Promise<'open' | string> = openRound({ poolId: 'software-2026' }, 'a-key-of-mine');",
      ),
    ).toBe('compiled');
  });

  it('knows what a call does not take', async () => {
    expect(await compile("openRound({ pool: 'software-2026' }, 'a-key-of-mine');")).toContain(
      "'pool' does not exist",
    );
  });
});
