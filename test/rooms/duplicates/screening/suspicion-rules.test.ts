import { describe, expect, it } from 'vitest';
import {
  type Encounters,
  isAlive,
  type Met,
  type SuspicionContext,
  suspicionsOf,
} from '../../../../functions/duplicates/screening/suspicion-rules.ts';
import type { Trace } from '../../../../functions/duplicates/screening/trace.ts';
import type { Application } from '../../../../functions/filing/applications/application.ts';
import { award } from '../../../builders/award.ts';
import { compiled } from '../../../support/rooms.ts';

const own = '91440101731566630A';
const rival = '914403001922038216';
const nobody: Met = { awards: [], traces: [] };
const piece = { kind: 'certificate', number: 'DCMM-2026-0001' };

/** Names are suspected that are the same, and listed that begin with the same character. */
const context: SuspicionContext = {
  application: { content: { projectName: '城市治理平台' } },
  matter: { matterKey: 'thing:1', earlierKeys: [], usccs: [own], evidence: [piece], numbers: [piece] },
  levels: ['municipal'],
  known: new Set(['穗科规字〔2021〕3号#KNOWN']),
  doubtful: [],
  names: {
    thresholds: compiled.matching.names,
    compare: (name, other) =>
      name[0] === other[0] ? { probability: 0.5, why: [], isSuspected: name === other } : undefined,
  },
};

const trace = (organisation: string, overrides: Partial<Trace> = {}): Trace => ({
  ...{ organisation, applicationId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', organisationName: '单位' },
  ...{ projectName: '城市治理平台', item: 'thing', matterKey: 'thing:2', predecessors: [], evidence: [] },
  ...overrides,
});

function search(encounters: Partial<Encounters>) {
  const found = suspicionsOf(context, {
    ...{ evidence: [], own: nobody, projects: { own: nobody, linked: nobody }, documents: [] },
    ...encounters,
  });
  return {
    suspected: found.suspicions.map(({ rule }) => rule),
    listed: found.listed.map(({ rule }) => rule),
    compared: Object.fromEntries(found.compared),
  };
}

const compared = { 's2-other': 0, s3: 0, s4: 0, s5: 0 };

describe('what is suspected', () => {
  it.each<[string, Partial<Encounters>, string[], Partial<Record<string, number>>]>([
    [
      'the same evidence in an award of another enterprise',
      { evidence: [{ piece, met: { awards: [award({ uscc: rival })], traces: [] } }] },
      ['s2-other'],
      { 's2-other': 1 },
    ],
    [
      'not the same evidence of its own, which the law decides',
      { evidence: [{ piece, met: { awards: [award({ uscc: own })], traces: [trace(own)] } }] },
      [],
      {},
    ],
    [
      'evidence of its own that looks like it, but not the same in another spelling',
      {
        own: {
          awards: [
            award({
              uscc: own,
              awardId: 'NEAR',
              evidence: [{ kind: 'certificate', number: 'DCMM2026O00I' }],
            }),
            award({
              uscc: own,
              awardId: 'SAME',
              evidence: [{ kind: 'certificate', number: 'DCMM/2026/0001号' }],
            }),
            award({ uscc: own, awardId: 'OTHER', evidence: [{ kind: 'invoice', number: 'DCMM2026O00I' }] }),
          ],
          traces: [trace(own, { evidence: [{ kind: 'certificate', number: 'DCMM-2026-0002' }] })],
        },
      },
      ['s2', 's2'],
      {},
    ],
    [
      'evidence of another enterprise that looks like it',
      {
        evidence: [
          {
            piece,
            met: {
              awards: [award({ uscc: rival, evidence: [{ kind: 'certificate', number: 'DCMM-2O26-0001' }] })],
              traces: [],
            },
          },
        ],
      },
      ['s2-other'],
      { 's2-other': 1 },
    ],
    [
      'a like project of its own',
      { projects: { own: { awards: [award({ uscc: own })], traces: [] }, linked: nobody } },
      ['s3'],
      { s3: 1 },
    ],
    [
      'a like project of a linked enterprise, awarded or applied for',
      { projects: { own: nobody, linked: { awards: [award()], traces: [trace(rival)] } } },
      ['s4', 's4'],
      { s4: 2 },
    ],
    [
      'no award that was revoked, is of another level or bars by law already',
      {
        projects: {
          own: {
            awards: [award({ status: 'revoked' }), award({ level: 'district' }), award({ awardId: 'KNOWN' })],
            traces: [],
          },
          linked: nobody,
        },
      },
      [],
      {},
    ],
    [
      'the same file of another enterprise, and none of its own',
      { documents: [{ material: 'licence', traces: [trace(rival), trace(own)] }] },
      ['s5'],
      { s5: 1 },
    ],
  ])('%s', (_case, encounters, suspected, counts) => {
    expect(search(encounters)).toEqual({ suspected, listed: [], compared: { ...compared, ...counts } });
  });

  it('is each pair once, by the first test that found it', () => {
    const met = { awards: [award({ uscc: rival })], traces: [] };
    const { suspected } = search({
      evidence: [{ piece, met }],
      projects: { own: nobody, linked: met },
    });
    expect(suspected).toEqual(['s2-other']);
  });
});

describe('names', () => {
  it('that are somewhat alike are listed, and not those that are suspected otherwise', () => {
    const like = award({ projectName: '城市管理', uscc: rival });
    const projects = { own: nobody, linked: { awards: [like], traces: [] } };
    expect(search({ projects })).toMatchObject({ suspected: [], listed: ['s4'] });
    const evidence = [{ piece, met: { awards: [like], traces: [] } }];
    expect(search({ evidence, projects })).toMatchObject({ suspected: ['s2-other'], listed: [] });
  });

  it('are not compared where the guide does not ask for it', () => {
    expect(search({ projects: undefined }).compared).toEqual({ 's2-other': 0, s5: 0 });
  });
});

describe('an application that left a trace', () => {
  it.each<[Application['status'], boolean]>([
    ['submitted', true],
    ['pooled', true],
    ['closed', true],
    ['draft', false],
    ['withdrawn', false],
    ['duplicate', false],
  ])('and is %s counts: %s', (status, counts) => {
    expect(isAlive({ status })).toBe(counts);
    expect(isAlive(undefined)).toBe(false);
  });
});
