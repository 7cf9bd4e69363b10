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

/** What is sent of a form, with what keeps it from being sent whole. */
export interface Sendable {
  /** Undefined as long as a field is missing or wrong that a draft cannot be without. */
  readonly body: DraftBody | undefined;
  readonly faults: readonly FormFault[];
}

export interface DraftBody {
  readonly item: string;
  readonly direction: string;
  readonly projectName: string;
  readonly requestedFen: number;
  readonly enterprise: Readonly<Record<string, unknown>> & {
    readonly uscc: string;
    readonly name: string;
    readonly district: string;
    readonly registeredOn: string;
  };
  readonly facts: Readonly<Record<string, string | number | boolean | string[]>>;
}

/**
 * A form as the API takes it. Facts that are typed wrongly are left out and named; what a draft cannot be without keeps all
 * of it on this device.
 * @param kept what stands of the enterprise beside the form's own fields, and stays as it is
 */
export function sendable(
  typed: Typed,
  item: Pick<OpenItem, 'item' | 'facts' | 'ceilingFen'>,
  kept: Readonly<Record<string, unknown>> & { readonly uscc: string },
): Sendable {
  const faults: FormFault[] = [];
  const need = (field: (typeof basics)[number], message: Bilingual) => {
    const text = typed[field]?.trim() ?? '';
    if (text === '') faults.push({ field, message });
    return text;
  };
  const projectName = need('projectName', { zh: '请填写项目名称', en: 'Give the project a name' });
  if (projectName.length === 1) {
    faults.push({
      field: 'projectName',
      message: { zh: '项目名称至少 2 个字', en: 'A project’s name has 2 characters or more' },
    });
  }
  const direction = need('direction', { zh: '请选择发展方向', en: 'Choose a direction' });
  const name = need('name', { zh: '请填写单位名称', en: 'Give the name of your enterprise' });
  const district = need('district', { zh: '请选择登记所在区', en: 'Choose the district of registration' });
  const registeredOn = need('registeredOn', { zh: '请填写成立日期', en: 'Give the day of registration' });
  // Recognitions and referrals ask for no money.
  const asksMoney = item.ceilingFen > 0;
  let requestedFen = 0;
  if (asksMoney) {
    const text = need('requestedFen', { zh: '请填写申请金额', en: 'Give the amount that you ask for' });
    const fen = fenOf(text);
    if (text !== '' && (fen === undefined || fen === 0)) {
      faults.push({
        field: 'requestedFen',
        message: {
          zh: '申请金额：应为大于零的金额（元），至多两位小数',
          en: 'Amount asked for: in yuan, above zero, with at most two decimals',
        },
      });
    }
    requestedFen = fen ?? 0;
  }
  const isWhole = faults.length === 0;
  const facts: Record<string, string | number | boolean | string[]> = {};
  for (const definition of item.facts) {
    const { value, fault } = factOf(definition, typed[`facts.${definition.id}`]);
    if (value !== undefined) facts[definition.id] = value;
    if (fault) faults.push({ field: `facts.${definition.id}`, message: fault });
  }
  const industryClass = typed['industryClass']?.trim();
  const { industryClass: _, ...others } = kept;
  return {
    body: isWhole
      ? {
          ...{ item: item.item, direction, projectName, requestedFen, facts },
          enterprise: {
            ...others,
            uscc: kept.uscc,
            name,
            district,
            registeredOn,
            ...(industryClass && { industryClass }),
          },
        }
      : undefined,
    faults,
  };
}
