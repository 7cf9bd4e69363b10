import type { Bilingual } from '../../../functions/shared/text.ts';
import type { FormFault } from './form.ts';

/** An objection as it is typed; by the paths that faults of the API name. */
export type TypedObjection = Readonly<Record<keyof typeof emptyObjection, string>>;

export const emptyObjection = {
  kind: '',
  grounds: '',
  'objector.kind': '',
  'objector.name': '',
  'objector.identifier': '',
  'objector.phone': '',
  'objector.email': '',
  'objector.address': '',
  'confirmation.via': '',
  'confirmation.id': '',
  'confirmation.code': '',
};

/** What may be brought up. */
export const objectionKinds = [
  {
    id: 'objection',
    zh: '异议：不应支持，或金额不对',
    en: 'Objection: it should not be paid, or not so much',
  },
  { id: 'complaint', zh: '投诉：办理过程有问题', en: 'Complaint: of how it was handled' },
  { id: 'report', zh: '举报：存在违纪违法行为', en: 'Report: of wrongdoing' },
] as const;

/** What is missing, before it is sent. @param isKnown whether a login stands for the contact. */
export function faultsOfObjection(typed: TypedObjection, isKnown: boolean): FormFault[] {
  const needed: readonly (readonly [keyof TypedObjection, number, Bilingual])[] = [
    ['grounds', 10, { zh: '请写明理由和事实，至少 10 字', en: 'Say why, in 10 characters or more' }],
    ['objector.name', 2, { zh: '请填写姓名或单位名称', en: 'Give your name, or that of your unit' }],
    [
      'objector.identifier',
      5,
      { zh: '请填写证件号码或统一社会信用代码', en: 'Give the number of your document, or the credit code' },
    ],
    ['objector.phone', 6, { zh: '请填写联系电话', en: 'Give a phone number' }],
    ...(isKnown
      ? []
      : ([
          [
            'confirmation.code',
            6,
            { zh: '请获取并填写 6 位确认码', en: 'Ask for the code of six digits, and give it' },
          ],
        ] as const)),
    ...(typed['confirmation.via'] === 'email'
      ? ([['objector.email', 3, { zh: '请填写电子邮箱', en: 'Give a mail address' }]] as const)
      : []),
  ];
  return needed.flatMap(([field, shortest, message]) =>
    typed[field].trim().length < shortest ? [{ field, message }] : [],
  );
}

/** What is sent of it, beside what it is about. */
export function bodyOf(typed: TypedObjection) {
  const optional = (name: 'email' | 'address') => {
    const text = typed[`objector.${name}`].trim();
    return text === '' ? {} : { [name]: text };
  };
  return {
    kind: typed.kind as 'objection' | 'complaint' | 'report',
    grounds: typed.grounds,
    objector: {
      kind: (typed['objector.kind'] || 'person') as 'person' | 'organisation',
      name: typed['objector.name'],
      identifier: typed['objector.identifier'],
      phone: typed['objector.phone'],
      ...optional('email'),
      ...optional('address'),
    },
  };
}

/** The contact that a code is sent to. */
export function contactOf(typed: TypedObjection) {
  return typed['confirmation.via'] === 'email'
    ? ({ via: 'email', address: typed['objector.email'].trim() } as const)
    : ({ via: 'phone', address: typed['objector.phone'].trim() } as const);
}

/** The code that confirms it. */
export function confirmable(typed: TypedObjection) {
  return {
    via: contactOf(typed).via,
    confirmationId: typed['confirmation.id'],
    code: typed['confirmation.code'].trim(),
  };
}
