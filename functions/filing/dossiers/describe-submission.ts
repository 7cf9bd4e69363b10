import type { FactDefinition } from '../../policy/guides/guide-schema.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { Notice } from '../../policy/notice/notice-schema.ts';
import { shanghaiDate, shanghaiTime } from '../../shared/shanghai-date.ts';
import { yuanInGroups } from '../../shared/yuan.ts';
import { outcomeLabels } from '../applications/labels.ts';
import type { SubmissionRecord } from '../applications/submissions.ts';
import { evaluateConditions } from '../eligibility/evaluate.ts';

/** What something is called, and what it is. */
export type Row = readonly [label: string, value: string];

/** A part of what was submitted, in Chinese. */
export interface Section {
  readonly title: string;
  readonly note?: string;
  readonly rows: readonly Row[];
}

/** A document of the submission, under its name in the dossier. */
export interface FiledDocument {
  readonly name: string;
  readonly material: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface DescribedSubmission {
  readonly applicationId: string;
  readonly record: SubmissionRecord;
  /** When the application was first submitted: law and guide of that day govern it. */
  readonly firstAt: string;
  readonly opened: OpenedItem;
  readonly notice: Pick<Notice, 'districts' | 'directions'>;
  readonly documents: readonly FiledDocument[];
}

const kinds = { 'legal-person': '独立法人', branch: '分支机构' } as const;

/** Everything that a submission says, for people to read; nothing of what came later. */
export function describeSubmission(described: DescribedSubmission): Section[] {
  return [
    receipt(described),
    { title: '申报单位', rows: enterprise(described) },
    { title: '申报项目', rows: project(described) },
    { title: '申报信息', rows: facts(described) },
    {
      title: '申报条件',
      note: '以下按所填内容逐项对照指南，严重失信、竞争性项目数等另按系统记录核查，以审查结论为准。',
      rows: conditions(described),
    },
    { title: '申报材料', rows: documents(described) },
  ];
}

/** The title of a material in the guide. */
export function materialTitle({ item }: OpenedItem, material: string): string {
  return item.materials.find(({ id }) => id === material)?.title.zh ?? material;
}

function receipt({ applicationId, record, firstAt, opened }: DescribedSubmission): Section {
  const first: Row[] = record.number > 1 ? [['首次提交时间', shanghaiTime(firstAt)]] : [];
  return {
    title: '受理信息',
    note: '时间均为北京时间。提交内容哈希值由内容、材料和指南版本算得，任何改动都会使其不同。',
    rows: [
      ['受理编号', applicationId],
      ['提交次数', record.number > 1 ? `第 ${record.number} 次提交（补正）` : '首次提交'],
      ['受理时间', shanghaiTime(record.at)],
      ...first,
      ['适用指南', `${opened.guide.title.zh}（版本 ${opened.guide.version}）`],
      ['提交内容哈希值（SHA-256）', record.contentHash],
    ],
  };
}

function enterprise({ record, notice }: DescribedSubmission): Row[] {
  const { enterprise: stated } = record.content;
  const district = notice.districts[stated.district]?.zh;
  return [
    ['单位名称', stated.name],
    ...optional('填报的名称', stated.statedName),
    ['统一社会信用代码', stated.uscc],
    ['登记所在区', district ? `${district}（${stated.district}）` : stated.district],
    ['成立日期', stated.registeredOn],
    ['单位类型', kinds[stated.kind]],
    ...optional('国民经济行业代码', stated.industryClass),
    ...optional('前身单位', stated.predecessors.join('、') || undefined),
    ...optional('上级单位', stated.parent),
  ];
}

function project({ record, opened, notice }: DescribedSubmission): Row[] {
  const { projectName, direction, requestedFen } = record.content;
  const serves = notice.directions.find(({ id }) => id === direction);
  return [
    ['项目名称', projectName],
    ['支持事项', `${opened.law.item.title.zh}（${opened.law.item.clause}）`],
    ['发展方向', serves ? `${serves.title.zh}（${serves.clause}）` : direction],
    ...optional('申请金额', requestedFen > 0 ? money(requestedFen) : undefined),
  ];
}

function facts({ record, opened }: DescribedSubmission): Row[] {
  return opened.item.facts.map((fact) => {
    const value = Object.hasOwn(record.content.facts, fact.id) ? record.content.facts[fact.id] : undefined;
    return [fact.title.zh, stated(fact, value)];
  });
}

function conditions({ record, firstAt, opened }: DescribedSubmission): Row[] {
  const results = evaluateConditions(opened, record.content, shanghaiDate(new Date(firstAt)));
  return results.map(({ citation, outcome, sentence }) => [
    citation,
    `${outcomeLabels[outcome].zh}：${sentence.zh}`,
  ]);
}

function documents({ documents: filed, opened }: DescribedSubmission): Row[] {
  return filed.map(({ name, material, fileName, bytes, sha256 }) => [
    materialTitle(opened, material),
    [`上传名称：${fileName}`, `档案内文件：${name}`, `大小：${bytes} 字节`, `SHA-256：${sha256}`].join('\n'),
  ]);
}

/** A fact's value as people write it, with its unit. */
function stated({ type, values = [] }: FactDefinition, value: unknown): string {
  if (value === undefined) return '未填写';
  if (Array.isArray(value)) return value.join('、');
  if (type === 'money' && typeof value === 'number') return money(value);
  if (typeof value === 'boolean') return value ? '是' : '否';
  return values.find(({ id }) => id === value)?.title.zh ?? String(value);
}

function optional(label: string, value: string | undefined): Row[] {
  return value === undefined ? [] : [[label, value]];
}

const money = (fen: number) => `${yuanInGroups(fen)} 元`;
