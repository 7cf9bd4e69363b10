import type { Bilingual } from '../../../functions/shared/text.ts';
import { fenOf, typedYuan } from './format.ts';
import type { ApplicationView, OpenItem } from './queries.ts';

export type FactDefinition = OpenItem['facts'][number];

/** A form as it is typed: texts as they stand in their fields. */
export type Typed = Readonly<Record<string, string>>;

/** Fields that every application has. Facts of the guide are `facts.<id>`. */
export const basics = [
  'projectName',
  'direction',
  'requestedFen',
  'name',
  'district',
  'registeredOn',
] as const;

export interface FormFault {
  readonly field: string;
  readonly message: Bilingual;
}

/** The form of an application as it stands. */
export function typedOf(content: ApplicationView['content'], facts: readonly FactDefinition[]): Typed {
  const { enterprise } = content;
  return {
    projectName: content.projectName,
    direction: content.direction,
    requestedFen: content.requestedFen === 0 ? '' : typedYuan(content.requestedFen),
    name: enterprise.name,
    district: enterprise.district,
    registeredOn: enterprise.registeredOn,
    ...(enterprise.industryClass !== undefined && { industryClass: enterprise.industryClass }),
    ...Object.fromEntries(
      facts.flatMap(({ id, type }) => {
        const value = content.facts[id];
        return value === undefined ? [] : [[`facts.${id}`, typedFact(type, value)]];
      }),
    ),
  };
}

function typedFact(type: string, value: unknown): string {
  if (type === 'money') return typedYuan(Number(value));
  if (type === 'boolean') return value === true ? 'yes' : 'no';
  if (type === 'list' && Array.isArray(value)) return value.join('\n');
  return String(value);
}

/** A typed fact as the API takes it: undefined where nothing is typed, a fault where it is none. */
export function factOf(
  { type, title }: FactDefinition,
  typed: string | undefined,
): { readonly value?: string | number | boolean | string[]; readonly fault?: Bilingual } {
  const text = typed?.trim() ?? '';
  if (text === '') return {};
  switch (type) {
    case 'money': {
      const fen = fenOf(text);
      return fen === undefined
        ? {
            fault: {
              zh: `${title.zh}：应为金额（元），至多两位小数，例如 1200000 或 1,200,000.50`,
              en: `${title.en}: an amount in yuan with at most two decimals, e.g. 1200000 or 1,200,000.50`,
            },
          }
        : { value: fen };
    }
    case 'integer': {
      const plain = text.normalize('NFKC').replace(/[,\s]/g, '');
      return /^-?\d{1,15}$/.test(plain)
        ? { value: Number(plain) }
        : { fault: { zh: `${title.zh}：应为整数`, en: `${title.en}: a whole number` } };
    }
    case 'boolean':
      return { value: text === 'yes' };
    case 'list':
      return {
        value: text
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      };
    default:
      return { value: text };
  }
}

/** What is sent of a form, with what is still to be filled in or mended. */
export interface Sendable {
  readonly body: DraftBody;
  /** What is missing and what is wrong. */
  readonly faults: readonly FormFault[];
  /** Fields that are typed wrongly: the body goes without them, and they stay on this device. */
  readonly leftOut: readonly string[];
}

export interface DraftBody {
  readonly item: string;
  readonly direction: string;
  readonly projectName: string;
  readonly requestedFen: number;
  readonly enterprise: Readonly<Record<string, unknown>> & { readonly uscc: string };
  readonly facts: Readonly<Record<string, string | number | boolean | string[]>>;
  readonly confirmUscc: true;
}

const missing: Readonly<Record<(typeof basics)[number], Bilingual>> = {
  projectName: { zh: '请填写项目名称', en: 'Give the project a name' },
  direction: { zh: '请选择发展方向', en: 'Choose a direction' },
  requestedFen: { zh: '请填写申请金额', en: 'Give the amount that you ask for' },
  name: { zh: '请填写单位名称', en: 'Give the name of your enterprise' },
  district: { zh: '请选择登记所在区', en: 'Choose the district of registration' },
  registeredOn: { zh: '请填写成立日期', en: 'Give the day of registration' },
};

/**
 * A form as the API takes it: with gaps, as far as it is filled in.
 * @param kept what stands of the enterprise beside the form's own fields, and stays as it is
 */
export function sendable(
  typed: Typed,
  item: Pick<OpenItem, 'item' | 'facts' | 'ceilingFen'>,
  kept: Readonly<Record<string, unknown>> & { readonly uscc: string },
): Sendable {
  const faults: FormFault[] = [];
  const leftOut: string[] = [];
  const textOf = (field: string) => typed[field]?.trim() ?? '';
  // Recognitions and referrals ask for no money.
  const asksMoney = item.ceilingFen > 0;
  for (const field of basics) {
    if (textOf(field) === '' && (field !== 'requestedFen' || asksMoney)) {
      faults.push({ field, message: missing[field] });
    }
  }
  for (const field of ['projectName', 'name'] as const) {
    if (textOf(field).length === 1) {
      faults.push({ field, message: { zh: '至少 2 个字', en: 'It has 2 characters or more' } });
    }
  }
  let requestedFen = 0;
  const amount = textOf('requestedFen');
  if (asksMoney && amount !== '') {
    requestedFen = fenOf(amount) ?? 0;
    if (requestedFen === 0) {
      leftOut.push('requestedFen');
      faults.push({
        field: 'requestedFen',
        message: {
          zh: '申请金额：应为大于零的金额（元），至多两位小数',
          en: 'Amount asked for: in yuan, above zero, with at most two decimals',
        },
      });
    }
  }
  const facts: Record<string, string | number | boolean | string[]> = {};
  for (const definition of item.facts) {
    const field = `facts.${definition.id}`;
    const { value, fault } = factOf(definition, typed[field]);
    if (value !== undefined) facts[definition.id] = value;
    else if (fault) leftOut.push(field);
    const { zh, en } = definition.title;
    const gap = { zh: `请填写：${zh}`, en: `Fill in: ${en}` };
    if (fault || value === undefined) faults.push({ field, message: fault ?? gap });
  }
  const industryClass = textOf('industryClass');
  const { industryClass: _, ...others } = kept;
  return {
    body: {
      item: item.item,
      direction: textOf('direction'),
      projectName: textOf('projectName'),
      requestedFen,
      facts,
      enterprise: {
        ...others,
        uscc: kept.uscc,
        name: textOf('name'),
        district: textOf('district'),
        registeredOn: textOf('registeredOn'),
        ...(industryClass && { industryClass }),
      },
      // The login's own, and those that were confirmed when they were stated.
      confirmUscc: true,
    },
    faults,
    leftOut,
  };
}
