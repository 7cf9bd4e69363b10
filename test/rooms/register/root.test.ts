import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryHash } from '../../../functions/register/entry.ts';
import { dayAfter, genesisRoot, merkleRoot, rootsOf } from '../../../functions/register/root.ts';
import { registerEntry } from '../../builders/register.ts';

const sha256 = (...parts: (string | Buffer)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** MTH of RFC 9162, section 2.1.1, as it is written there. */
function treeHash(data: readonly string[]): Buffer {
  if (data.length === 0) return sha256('');
  if (data.length === 1) return sha256(Buffer.from([0]), data[0] ?? '');
  let k = 1;
  while (k * 2 < data.length) k *= 2;
  return sha256(Buffer.from([1]), treeHash(data.slice(0, k)), treeHash(data.slice(k)));
}

describe('the root of a day', () => {
  it('is made of the tree that RFC 9162 describes', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 40 }), (data) => {
        const leaves = data.map((one) => sha256(Buffer.from([0]), one).toString('hex'));
        expect(merkleRoot(leaves)).toBe(treeHash(data).toString('hex'));
      }),
    );
  });

  it('takes an entry as its canonical JSON behind a zero byte', () => {
    const json =
      '{"amountFen":45000000,"applicationId":"01K00000000000000000000001","at":"2026-03-02T02:00:00.000Z","clause":"二(二)6","day":"2026-03-02","direction":"foundation","district":"440106","districtName":"天河区","event":"ordered","item":"dcmm","number":1,"orderId":"01K0000000000000000000000D","organisationName":"广州示例云帆软件有限公司","roundId":"01K0000000000000000000000R","standing":{"orderedFen":45000000,"paidFen":0,"recoveredFen":0}}';
    expect(entryHash(registerEntry())).toBe(sha256('\0', json).toString('hex'));
  });

  it('follows the root of the day before, whether the day has entries or none', () => {
    const leaf = entryHash(registerEntry());
    const roots = rootsOf(genesisRoot, {
      from: '2026-02-28',
      to: '2026-03-02',
      entries: new Map([['2026-03-02', [leaf]]]),
    });
    const empty = sha256('').toString('hex');
    const first = sha256(`${genesisRoot}\n2026-02-28\n${empty}\n`).toString('hex');
    const second = sha256(`${first}\n2026-03-01\n${empty}\n`).toString('hex');
    const third = sha256(`${second}\n2026-03-02\n${leaf}\n`).toString('hex');
    expect(roots).toEqual([
      { day: '2026-02-28', entries: 0, merkleRoot: empty, previous: genesisRoot, root: first },
      { day: '2026-03-01', entries: 0, merkleRoot: empty, previous: first, root: second },
      { day: '2026-03-02', entries: 1, merkleRoot: leaf, previous: second, root: third },
    ]);
  });

  it('has no days to make where there are none', () => {
    expect(rootsOf(genesisRoot, { from: '2026-03-02', to: '2026-03-01', entries: new Map() })).toEqual([]);
    expect(dayAfter('2028-02-28')).toBe('2028-02-29');
  });
});
