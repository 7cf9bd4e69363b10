import { useState } from 'react';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { ask } from '../data/api.ts';
import { time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { contactOf, type TypedObjection } from '../data/objection.ts';
import { Failed, Field } from './parts.tsx';

/** Who objects, how to reach them, and the code that confirms it. */
export function ObjectorFields({
  typed,
  type,
  faultOf,
  isKnown,
}: {
  readonly typed: TypedObjection;
  readonly type: (field: keyof TypedObjection, text: string) => void;
  readonly faultOf: (field: string) => string | undefined;
  /** Somebody is logged in, so that no code is needed. */
  readonly isKnown: boolean;
}) {
  const t = useText();
  const text = (
    id: keyof TypedObjection,
    label: Bilingual,
    more: { readonly kind?: 'tel' | 'email'; readonly hint?: Bilingual } = {},
  ) => (
    <Field id={id} label={t(label)} hint={more.hint && t(more.hint)} fault={faultOf(id)}>
      {(props) => (
        <input
          {...props}
          type={more.kind ?? 'text'}
          autoComplete="off"
          value={typed[id]}
          onChange={({ target }) => type(id, target.value)}
        />
      )}
    </Field>
  );
  const isEmail = typed['confirmation.via'] === 'email';
  return (
    <>
      <h2>{t({ zh: '提出人', en: 'Who you are' })}</h2>
      <Field id="objector.kind" label={t({ zh: '以谁的名义', en: 'In whose name' })}>
        {(props) => (
          <select
            {...props}
            value={typed['objector.kind']}
            onChange={({ target }) => type('objector.kind', target.value)}
          >
            <option value="">{t({ zh: '个人', en: 'My own' })}</option>
            <option value="organisation">{t({ zh: '单位', en: 'A unit’s' })}</option>
          </select>
        )}
      </Field>
      {text('objector.name', { zh: '姓名或单位名称', en: 'Name' })}
      {text('objector.identifier', {
        zh: '身份证件号码或统一社会信用代码',
        en: 'Number of an identity document, or the credit code',
      })}
      {text('objector.phone', { zh: '联系电话', en: 'Phone' }, { kind: 'tel' })}
      {text(
        'objector.email',
        isEmail ? { zh: '电子邮箱', en: 'Mail' } : { zh: '电子邮箱（可不填）', en: 'Mail (optional)' },
        { kind: 'email' },
      )}
      {text('objector.address', { zh: '通讯地址（可不填）', en: 'Address (optional)' })}
      {!isKnown && <Confirmation {...{ typed, type, faultOf }} />}
    </>
  );
}

function Confirmation({
  typed,
  type,
  faultOf,
}: {
  readonly typed: TypedObjection;
  readonly type: (field: keyof TypedObjection, text: string) => void;
  readonly faultOf: (field: string) => string | undefined;
}) {
  const t = useText();
  const { language } = useLanguage();
  const [until, setUntil] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const contact = contactOf(typed);
  const request = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const { body } = await ask('POST /v1/objection-confirmations', { body: contact });
      type('confirmation.id', body.confirmationId);
      setUntil(body.expiresAt);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Field id="confirmation.via" label={t({ zh: '确认码发到', en: 'Send the code to' })}>
        {(props) => (
          <select
            {...props}
            value={typed['confirmation.via']}
            onChange={({ target }) => type('confirmation.via', target.value)}
          >
            <option value="">{t({ zh: '上面的电话', en: 'the phone above' })}</option>
            <option value="email">{t({ zh: '上面的电子邮箱', en: 'the mail address above' })}</option>
          </select>
        )}
      </Field>
      <div className="actions">
        <button type="button" disabled={isBusy || contact.address === ''} onClick={() => void request()}>
          {until === undefined
            ? t({ zh: '获取确认码', en: 'Send me a code' })
            : t({ zh: '重新获取', en: 'Send another one' })}
        </button>
        <span role="status">
          {until !== undefined &&
            t({
              zh: `确认码已发出，${time(until, 'zh')} 前有效`,
              en: `The code is on its way, and good until ${time(until, language)}`,
            })}
        </span>
      </div>
      {error !== undefined && <Failed error={error} />}
      <Field
        id="confirmation.code"
        label={t({ zh: '确认码', en: 'Code' })}
        hint={t({ zh: '6 位数字', en: 'Six digits' })}
        fault={faultOf('confirmation.code')}
      >
        {(props) => (
          <input
            {...props}
            className="short"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            value={typed['confirmation.code']}
            onChange={({ target }) => type('confirmation.code', target.value)}
          />
        )}
      </Field>
    </>
  );
}
