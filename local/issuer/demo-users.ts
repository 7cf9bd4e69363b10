/** The people of the demo: roles with numbers, of companies that do not exist. */

export type Role =
  | 'preparer'
  | 'organisation-admin'
  | 'district-reviewer'
  | 'lead-reviewer'
  | 'department-lead'
  | 'expert'
  | 'adjudicator'
  | 'operator'
  | 'budget-approver'
  | 'auditor'
  | 'access-admin';

export interface DemoUser {
  /** Login name and the token's `sub`. */
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** Unified social credit code of the user's company. */
  readonly organisation?: string;
  readonly organisationName?: string;
  /** Id of the user's department. */
  readonly department?: string;
}

/** Shop names of the companies and the division codes of the districts where they are registered. */
const companies: ReadonlyArray<readonly [shopName: string, division: string]> = [
  ['云帆软件', '440106'],
  ['珠江数据', '440105'],
  ['木棉智能', '440112'],
  ['荔湾信息', '440103'],
  ['越秀云谷', '440104'],
  ['白云工联', '440111'],
  ['番禺芯程', '440113'],
  ['南沙数港', '440115'],
  ['花都智造', '440114'],
  ['增城开源', '440118'],
  ['从化绿码', '440117'],
  ['天河元象', '440106'],
  ['海珠算法', '440105'],
  ['黄埔工软', '440112'],
  ['羊城安全', '440104'],
  ['五羊嵌入式', '440103'],
  ['白鹅潭云创', '440103'],
  ['南粤软件集团', '440112'],
  ['珠江软件园', '440105'],
];

const companyUsers = companies.flatMap(([shopName, division], index): DemoUser[] => {
  const number = index + 1;
  const organisation = socialCreditCode(`91${division}MADEMP${String(number).padStart(2, '0')}`);
  const organisationName = `广州示例${shopName}有限公司`;
  return [
    {
      name: `preparer-${number}`,
      displayName: `申报人 ${number} 号`,
      roles: ['preparer'],
      organisation,
      organisationName,
    },
    {
      name: `admin-${number}`,
      displayName: `企业管理员 ${number} 号`,
      roles: ['organisation-admin'],
      organisation,
      organisationName,
    },
  ];
});

/** The districts by their division codes; where most companies are, two people review. */
const districts: ReadonlyArray<readonly [division: string, name: string, reviewers: number]> = [
  ['440103', '荔湾区', 1],
  ['440104', '越秀区', 1],
  ['440105', '海珠区', 1],
  ['440106', '天河区', 2],
  ['440111', '白云区', 1],
  ['440112', '黄埔区', 2],
  ['440113', '番禺区', 1],
  ['440114', '花都区', 1],
  ['440115', '南沙区', 1],
  ['440117', '从化区', 1],
  ['440118', '增城区', 1],
];

const districtReviewers = districts.flatMap(([division, name, reviewers]) =>
  numbered(reviewers, (number): DemoUser => {
    const department = `district-${division}`;
    return {
      name: `${department}-${number}`,
      displayName: `${name}工信部门审核员 ${number} 号`,
      roles: ['district-reviewer'],
      department,
    };
  }),
);

const officials: readonly DemoUser[] = [
  reviewer('reviewer-miit-1', '市工信局审核员 1 号', 'gz-miit'),
  reviewer('reviewer-miit-2', '市工信局审核员 2 号', 'gz-miit'),
  reviewer('reviewer-sti-1', '市科技局审核员 1 号', 'gz-sti'),
  reviewer('reviewer-sti-2', '市科技局审核员 2 号', 'gz-sti'),
  reviewer('reviewer-finance-office-1', '市委金融办审核员 1 号', 'gz-finance-office'),
  reviewer('reviewer-sasac-1', '市国资委审核员 1 号', 'gz-sasac'),
  departmentLead('miit-lead-1', '市工信局处室负责人 1 号', 'gz-miit'),
  departmentLead('sti-lead-1', '市科技局处室负责人 1 号', 'gz-sti'),
  ...districtReviewers,
  ...numbered(3, (number) => withoutUnit(`expert-${number}`, `评审专家 ${number} 号`, 'expert')),
  ...numbered(3, (number) => withoutUnit(`operator-${number}`, `系统运营员 ${number} 号`, 'operator')),
  ...numbered(4, (number) => withoutUnit(`approver-${number}`, `预算审批人 ${number} 号`, 'budget-approver')),
  withoutUnit('auditor-1', '审计员 1 号', 'auditor'),
  ...numbered(3, (number) =>
    withoutUnit(`access-admin-${number}`, `授权管理员 ${number} 号`, 'access-admin'),
  ),
  ...numbered(
    2,
    (number): DemoUser => ({
      name: `adjudicator-${number}`,
      displayName: `查重裁定人 ${number} 号`,
      roles: ['adjudicator'],
      department: 'adjudicators',
    }),
  ),
];

export const demoUsers: readonly DemoUser[] = [...companyUsers, ...officials];

/** What the issuer verified of a user: the same by every login, were there several. */
export function identifierOf({ name }: DemoUser): string {
  return `demo:${name}`;
}

/** The two who grant roles before anybody is granted one. */
export const initialAdmins = ['access-admin-1', 'access-admin-2'] as const;

/** The user of that login name, if there is one. */
export function findDemoUser(name: string): DemoUser | undefined {
  return demoUsers.find((user) => user.name === name);
}

function reviewer(name: string, displayName: string, department: string): DemoUser {
  return { name, displayName, roles: ['lead-reviewer'], department };
}

function departmentLead(name: string, displayName: string, department: string): DemoUser {
  return { name, displayName, roles: ['lead-reviewer', 'department-lead'], department };
}

function withoutUnit(name: string, displayName: string, role: Role): DemoUser {
  return { name, displayName, roles: [role] };
}

/** One user for each number from 1. */
function numbered(count: number, user: (number: number) => DemoUser): DemoUser[] {
  return Array.from({ length: count }, (_, index) => user(index + 1));
}

/** Completes authority, type, division and the eight characters of an organisation code by both check digits. */
function socialCreditCode(stem: string): string {
  const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  // GB 11714: the organisation code has a check digit of its own.
  const codeSum = weigh(stem.slice(8), letters, [3, 7, 9, 10, 5, 8, 4, 2]);
  const unchecked = `${stem}${'0123456789X0'[11 - (codeSum % 11)]}`;
  // GB 32100.
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
  return `${unchecked}${alphabet[(31 - (weigh(unchecked, alphabet, weights) % 31)) % 31]}`;
}

function weigh(text: string, alphabet: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * alphabet.indexOf(text[index] ?? ''), 0);
}
