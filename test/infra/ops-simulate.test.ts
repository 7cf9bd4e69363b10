import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newUlid } from '../../functions/shared/ids.ts';
import { OpsError } from '../../infra/ops/guide-file.ts';
import { simulate } from '../../infra/ops/round-simulate.ts';

const [roundId, simulationId, first, second] = [newUlid(), newUlid(), newUlid(), newUlid()];
const line = (applicationId: string, plannedFen: number, shareFen: number) => ({
  ...{ applicationId, organisationName: '广州示例有限公司', item: 'dcmm', ceilingFen: 50_000_000 },
  ...{ plannedFen, shareFen, explanation: { zh: '按比例', en: 'in proportion' } },
});
let server: Server;
let sent: unknown[] = [];
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const answer = (body: unknown) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (request.method === 'POST') {
      sent.push({ pathname, body: JSON.parse(await text(request)) });
      return answer({
        ...{ simulationId, roundId, at: '2026-11-23T02:00:00.000Z', by: 'operator-1' },
        terms: { mode: 'ranked', residue: 'keep', unit: 'yuan', minimumPayableFen: 2_000_000 },
        ...{ availableFen: 60_000_050, sharedFen: 60_000_000, residueFen: 50, plannedFen: 75_000_000 },
        ...{ gaining: 1, losing: 1, unserved: 0, resultHash: 'f'.repeat(64) },
      });
    }
    const isFirst = searchParams.get('cursor') === null;
    return answer(
      isFirst
        ? { items: [line(first, 37_500_000, 50_000_000)], nextCursor: 'next' }
        : { items: [line(second, 37_500_000, 10_000_000)] },
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
beforeEach(() => {
  sent = [];
});
afterAll(() => server.close());

const target = () => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't' });

it('shows every share beside the plan, to the fen', async () => {
  const shown = await simulate(
    target(),
    roundId,
    { available: '600000.5', minimum: '20000', mode: 'ranked' },
    false,
  );
  expect(sent).toEqual([
    {
      pathname: `/v1/rounds/${roundId}/simulations`,
      body: { availableFen: 60_000_050, minimumPayableFen: 2_000_000, mode: 'ranked' },
    },
  ]);
  expect(shown).toMatch(new RegExp(`${first}.*375,000 yuan +500,000 yuan +\\+125,000 yuan`));
  expect(shown).toMatch(new RegExp(`${second}.*375,000 yuan +100,000 yuan +−275,000 yuan`));
  expect(shown).toContain('600,000 yuan of 600,000.50 yuan shared, 0.50 yuan left');
  expect(shown).toContain('1 gain, 1 lose, 0 get nothing; nothing was changed');
});

it('gives programs everything', async () => {
  const { lines, sharedFen } = JSON.parse(await simulate(target(), roundId, {}, true));
  expect([lines.length, sharedFen]).toEqual([2, 60_000_000]);
});

it.each([
  ['an amount that is none', { available: '1,000' }, '--available: an amount in yuan'],
  ['a mode that there is not', { mode: 'first-come' }, '--mode'],
])('refuses %s before it asks', async (_, options, message) => {
  const asked = simulate(target(), roundId, options, false);
  await expect(asked).rejects.toThrow(OpsError);
  await expect(asked).rejects.toThrow(message);
  expect(sent).toEqual([]);
});
