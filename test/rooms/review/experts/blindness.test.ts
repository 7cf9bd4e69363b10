import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { type DocumentIn, objectKey } from '../../../../functions/filing/documents/document.ts';
import type { ExpertReview } from '../../../../functions/policy/guides/guide-schema.ts';
import { identifies } from '../../../../functions/review/experts/anonymity.ts';
import { type Invitation, invitationIdOf } from '../../../../functions/review/experts/invitation.ts';
import { InvitationDetailSchema } from '../../../../functions/review/experts/invitation-view.ts';
import { showInvitation } from '../../../../functions/review/experts/show-invitation.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { openedItem } from '../../../builders/opened-item.ts';
import { submittedApplication } from '../../../builders/signed-off-application.ts';

const both = (text: string) => ({ zh: text, en: text });
const experts: ExpertReview = {
  required: 1,
  blind: true,
  facts: ['summary', 'keywords', 'users'],
  materials: ['description'],
  criteria: [{ id: 'quality', title: both('quality'), points: 100 }],
};
const opened = (review: ExpertReview) =>
  openedItem({
    facts: [
      { id: 'summary', type: 'text', title: both('summary') },
      { id: 'keywords', type: 'list', title: both('keywords') },
      { id: 'users', type: 'integer', title: both('users') },
      { id: 'founder', type: 'text', title: both('founder') },
    ],
    experts: review,
  });

interface Case {
  readonly name: string;
  readonly uscc: string;
  readonly predecessor: string;
  /** Makes of a name what somebody might write in a text. */
  readonly spell: (name: string) => string;
}

function applicationOf({ name, uscc, predecessor, spell }: Case): ApplicationIn<'sign-off'> {
  const content = {
    ...dcmmContent(),
    item: 'thing',
    projectName: `${spell(name)}的项目`,
    enterprise: {
      ...dcmmContent().enterprise,
      name,
      uscc,
      predecessors: [predecessor],
      registeredOn: '1999-12-31',
      industryClass: 'I6599',
    },
    facts: {
      summary: `由${spell(name)}研发`,
      keywords: ['开源', spell(uscc), spell(predecessor)],
      users: 17,
      founder: '不给专家看的事实',
    },
  };
  const submitted = submittedApplication(content, { organisation: uscc });
  return {
    ...submitted,
    status: 'sign-off',
    eligibility: {
      outcome: 'met',
      conditions: [],
      guide: '2026.test',
      inputHash: 'i',
      at: submitted.createdAt,
    },
    signOffAttempt: 1,
    step: 1,
    signOffs: {},
    submission: { ...submitted.submission, documents: [] },
  };
}

async function shown(one: Case, review: ExpertReview = experts) {
  const base = applicationOf(one);
  const { applicationId } = base;
  const document = (material: string): DocumentIn<'accepted'> => ({
    status: 'accepted',
    documentId: newUlid(),
    applicationId,
    material,
    fileName: `${one.spell(one.name)}-${one.uscc}.pdf`,
    contentType: 'application/pdf',
    bytes: 10,
    sha256: 'a'.repeat(64),
    guide: '2026.test',
    requestedAt: base.createdAt,
    requestedBy: 'preparer',
    verifiedAt: base.createdAt,
  });
  // The second material is none of those that experts see; the third was not submitted.
  const documents = [document('description'), document('licence'), document('description')];
  const application = {
    ...base,
    submission: { ...base.submission, documents: documents.slice(0, 2) },
  };
  const invitation: Invitation = {
    invitationId: invitationIdOf(applicationId, 'expert'),
    applicationId,
    expert: 'expert',
    item: 'thing',
    status: 'open',
    invitedAt: base.createdAt,
    invitedBy: 'reviewer',
  };
  const answer = await showInvitation(
    {
      store: { require: async () => application },
      invitations: { requireOwn: async () => invitation },
      documents: { acceptedDocuments: async () => documents },
      files: {
        presignDownload: async (file) =>
          `https://files.example/${objectKey(file)}?name=${encodeURIComponent(file.fileName)}`,
      },
      policy: { requireItem: async () => opened(review) },
    },
    { id: 'expert', roles: ['expert'] },
    invitation.invitationId,
  );
  // As the door sends it.
  return InvitationDetailSchema.parse(answer);
}

const code = fc
  .array(fc.constantFrom(...'0123456789ABCDEFGHJKLMNPQRTUWXY'), { minLength: 18, maxLength: 18 })
  .map((characters) => characters.join(''));
const spellings: readonly Case['spell'][] = [
  (name) => name,
  (name) => name.toLowerCase(),
  (name) => [...name].join(' '),
  (name) => `《${[...name].join('·')}》`,
  (name) => name.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)),
];
const cases: fc.Arbitrary<Case> = fc.record({
  name: fc
    .tuple(
      fc.constantFrom('广州', '广州市', ''),
      fc.array(fc.constantFrom(...'云帆海珠木棉羊城越秀'), { minLength: 2, maxLength: 4 }),
      fc.constantFrom('', 'Ａ', 'Bc&9'),
      fc.constantFrom('软件有限公司', '科技股份有限公司', '（集团）有限公司', ''),
    )
    .map(([place, core, sign, kind]) => `${place}${core.join('')}${sign}${kind}`),
  uscc: code,
  predecessor: code,
  spell: fc.constantFrom(...spellings),
});

const folded = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}\p{S}\p{Z}]/gu, '');

describe('a blind review', () => {
  it('says nothing that stands among the enterprise, however it is written and wherever it was put', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const answer = await shown(one);
        const text = JSON.stringify(answer);
        const all = `${text} ${decodeURIComponent(text)}`;
        const { enterprise } = applicationOf(one).content;
        for (const value of Object.values(enterprise).flat()) expect(all).not.toContain(value);
        for (const mark of [one.name, one.uscc, one.predecessor]) {
          expect(folded(all)).not.toContain(folded(mark));
        }
        expect(all).not.toContain('不给专家看');
      }),
      { numRuns: 300 },
    );
  });

  it('shows what the guide lists otherwise: facts, its materials under neutral names, and the criteria', async () => {
    const [spell] = spellings;
    if (!spell) throw new Error('no spelling');
    const answer = await shown({
      name: '广州云帆软件有限公司',
      uscc: '91440101731566630A',
      predecessor: '914403001922038216',
      spell,
    });
    expect(answer.facts).toEqual([
      { id: 'summary', title: both('summary'), type: 'text', hidden: true },
      { id: 'keywords', title: both('keywords'), type: 'list', hidden: true },
      { id: 'users', title: both('users'), type: 'integer', value: 17 },
    ]);
    expect(answer.documents).toMatchObject([{ material: 'description', fileName: 'description-1.pdf' }]);
    expect(answer.criteria).toEqual(experts.criteria);
    expect(answer.contentHash).toMatch(/^[0-9a-f]{64}$/);
    expect(answer).not.toHaveProperty('organisationName');
    expect(answer).not.toHaveProperty('projectName');
  });

  it('that the guide does not make blind gives the name, the project and the files as they are called', async () => {
    const [spell] = spellings;
    if (!spell) throw new Error('no spelling');
    const name = '广州云帆软件有限公司';
    const open = { ...experts, blind: false };
    const answer = await shown(
      { name, uscc: '91440101731566630A', predecessor: '914403001922038216', spell },
      open,
    );
    expect(answer).toMatchObject({ organisationName: name, projectName: `${name}的项目` });
    expect(answer.facts[0]).toMatchObject({ value: `由${name}研发` });
    expect(answer.documents[0]?.fileName).toContain(name);
  });
});

describe('what tells whose application it is', () => {
  const tells = identifies({
    name: '广州示例云帆软件有限公司',
    uscc: '91440101731566630A',
    predecessors: [],
  });
  it.each([
    ['广州示例云帆软件有限公司数据库', true],
    ['云帆数据库', true],
    ['云 帆 数据库', true],
    ['9144 0101 7315 6663 0a', true],
    ['软件数据库', false],
    ['广州市的数据库', false],
  ])('%s: %s', (text, told) => {
    expect(tells(text)).toBe(told);
  });

  it('is no word that everybody uses, where a name has nothing else', () => {
    expect(
      identifies({ name: '广州软件有限公司', uscc: '91440101731566630A', predecessors: [] })('软件项目'),
    ).toBe(false);
  });
});
