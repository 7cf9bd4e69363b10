import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ApplicationViewSchema,
  toApplicationView,
} from '../../../../functions/filing/applications/application-view.ts';
import { DraftBodySchema } from '../../../../functions/filing/applications/draft-body.ts';
import { createApplication, editApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { copyApplication } from '../../../../functions/filing/copies/copy-application.ts';
import { assessDraft } from '../../../../functions/filing/eligibility/assess-eligibility.ts';
import { showForm } from '../../../../functions/filing/eligibility/list-open-items.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { dcmmContent, declared } from '../../../builders/content.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

const { preparer, admin } = people;
const begin = (body: object = {}) =>
  createApplication(rooms, preparer, DraftBodySchema.parse({ item: 'dcmm', ...body }));

describe('a draft of which nothing is filled in', () => {
  it('is begun by its item alone, under the code and name of the login, and shown with its gaps', async () => {
    const { applicationId } = await begin();
    const shown = ApplicationViewSchema.parse(toApplicationView(await rooms.store.require(applicationId)));
    const { uscc, name } = dcmmContent().enterprise;
    expect(shown.content).toEqual({
      ...{ item: 'dcmm', direction: '', projectName: '', requestedFen: 0, facts: {} },
      enterprise: { uscc, name, district: '', registeredOn: '', kind: 'legal-person', predecessors: [] },
    });
  });

  it('is filled in piece by piece, and emptied again', async () => {
    const { applicationId } = await begin();
    const pieces = [
      { projectName: '数' },
      { projectName: '数据管理', direction: 'foundation' },
      { projectName: '数据管理', facts: { level: 3 } },
      { enterprise: { district: '440106', registeredOn: '2015-06-01' } },
      {},
    ];
    for (const [index, piece] of pieces.entries()) {
      const body = DraftBodySchema.parse({ item: 'dcmm', ...piece });
      const { content } = await editApplication(rooms, preparer, applicationId, {
        ifMatch: `"${index + 1}"`,
        body,
      });
      expect(content).toMatchObject(piece);
    }
    expect((await rooms.store.require(applicationId)).content.facts).toEqual({});
  });

  it('is not handed in: every gap is named, of content, facts and documents', async () => {
    const { applicationId } = await begin();
    const refused = submitApplication(rooms, admin, applicationId, 'key-of-nothing');
    await expect(refused).rejects.toMatchObject({ code: 'incomplete' });
    const faults = await refused.catch(({ faults: all }: { faults: { path: string }[] }) => all);
    expect((faults as { path: string }[]).map(({ path }) => path)).toEqual([
      ...['projectName', 'direction', 'enterprise.district', 'enterprise.registeredOn', 'requestedFen'],
      ...Object.keys(declared).map((fact) => `facts.${fact}`),
      ...['facts.level', 'facts.certificateNumber', 'facts.certificateValidTo'],
      ...['documents.undertaking', 'documents.business-licence', 'documents.certificate'],
    ]);
  });

  it.each([
    ['projectName', { projectName: '数' }],
    ['direction', { direction: '' }],
    ['requestedFen', { requestedFen: 0 }],
    ['enterprise.name', { enterprise: { ...dcmmContent().enterprise, name: '云' } }],
    ['enterprise.district', { enterprise: { ...dcmmContent().enterprise, district: '' } }],
    ['enterprise.registeredOn', { enterprise: { ...dcmmContent().enterprise, registeredOn: '' } }],
  ] as const)('is not handed in without %s alone', async (path, gap) => {
    const nameless = { id: 'preparer', roles: ['preparer'], organisation: preparer.organisation } as const;
    const body = DraftBodySchema.parse({ ...dcmmContent(), ...gap });
    const { applicationId } = await createApplication(rooms, nameless, body);
    await rooms.acceptMaterials(applicationId, 'dcmm');
    await expect(
      submitApplication(rooms, admin, applicationId, `key-${path.replace('.', '-')}`),
    ).rejects.toMatchObject({ code: 'incomplete', faults: [{ path }] });
  });

  it('has conditions that nothing is stated for left open: neither met nor unmet by a gap', async () => {
    const { eligibility, ceiling } = await assessDraft(rooms, await begin(), today);
    const outcomes = Object.fromEntries(eligibility.conditions.map(({ id, outcome }) => [id, outcome]));
    expect(Object.values(outcomes)).not.toContain('unmet');
    expect(eligibility.conditions.filter(({ inputs }) => Object.values(inputs).includes(''))).toEqual([]);
    expect(ceiling?.fen).toBe(0);
  });

  it('has a form that says what each condition reads, whether it is filled in or not', async () => {
    const { conditions } = await showForm(rooms, await begin(), today);
    const { eligibility } = await assessDraft(rooms, await begin(), today);
    expect(conditions.map(({ id }) => id)).toEqual(eligibility.conditions.map(({ id }) => id));
    expect(conditions.flatMap(({ reads }) => reads)).toEqual(
      expect.arrayContaining(['facts.level', 'facts.certificateValidTo', 'enterprise.district']),
    );
  });

  it('is copied with its gaps', async () => {
    const { applicationId } = await begin({ facts: { level: 4 } });
    const { draft } = await copyApplication(rooms, preparer, applicationId, 'copy-of-gaps');
    expect(draft.content).toMatchObject({ projectName: '', facts: { level: 4 } });
  });

  it('takes nothing that is wrong', async () => {
    await expect(begin({ direction: 'nowhere', facts: { level: 'three' } })).rejects.toMatchObject({
      faults: [{ path: 'direction' }, { path: 'facts.level' }],
    });
    for (const wrong of [{ requestedFen: -1 }, { enterprise: { district: '44' } }, { colour: 'red' }]) {
      expect(DraftBodySchema.safeParse({ item: 'dcmm', ...wrong }).success).toBe(false);
    }
    expect(DraftBodySchema.safeParse({}).success).toBe(false);
  });
});
