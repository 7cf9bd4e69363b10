import type { Bilingual } from '../../../functions/shared/text.ts';
import type { FactDefinition, Typed } from '../data/form.ts';
import { useText } from '../data/language.tsx';
import type { Catalogue, OpenItem } from '../data/queries.ts';
import { Field } from './parts.tsx';

interface FieldsProps {
  readonly typed: Typed;
  readonly type: (field: string, text: string) => void;
  /** What is wrong with a field, once it was looked at. */
  readonly faultOf: (field: string) => Bilingual | undefined;
  /** Whether a field may be changed; all may, but in a correction. */
  readonly isOpen?: (field: string) => boolean;
  readonly leave: (field: string) => void;
}

/** The fields that every application has. */
export function BasicFields({
  catalogue,
  item,
  uscc,
  typed,
  type,
  faultOf,
  isOpen = () => true,
  leave,
}: FieldsProps & { readonly catalogue: Catalogue; readonly item: OpenItem; readonly uscc: string }) {
  const t = useText();
  const text = (
    id: string,
    label: Bilingual,
    more: { readonly hint?: Bilingual; readonly kind?: 'date' } = {},
  ) => {
    const fault = faultOf(id);
    return (
      <Field id={id} label={t(label)} hint={more.hint && t(more.hint)} fault={fault && t(fault)}>
        {(props) => (
          <input
            {...props}
            type={more.kind ?? 'text'}
            className={more.kind === 'date' ? 'short' : undefined}
            value={typed[id] ?? ''}
            disabled={!isOpen(id)}
            onChange={({ target }) => type(id, target.value)}
            onBlur={() => leave(id)}
          />
        )}
      </Field>
    );
  };
  const choice = (
    id: string,
    label: Bilingual,
    options: readonly { readonly id: string; readonly title: Bilingual }[],
    hint?: Bilingual,
  ) => {
    const fault = faultOf(id);
    return (
      <Field id={id} label={t(label)} hint={hint && t(hint)} fault={fault && t(fault)}>
        {(props) => (
          <select
            {...props}
            value={typed[id] ?? ''}
            disabled={!isOpen(id)}
            onChange={({ target }) => type(id, target.value)}
            onBlur={() => leave(id)}
          >
            <option value="">{t({ zh: '请选择', en: 'Choose' })}</option>
            {options.map((option) => (
              <option key={option.id} value={option.id}>
                {t(option.title)}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  };
  return (
    <>
      <h2>{t({ zh: '项目', en: 'Project' })}</h2>
      {text('projectName', { zh: '项目名称', en: 'Name of the project' })}
      {choice('direction', { zh: '发展方向', en: 'Direction' }, catalogue.directions, {
        zh: '通知第一部分所列方向中与项目最相符的一项',
        en: 'The direction of section one of the notice that fits the project best',
      })}
      {item.ceilingFen > 0 && (
        <MoneyField
          id="requestedFen"
          label={t({ zh: '申请金额', en: 'Amount asked for' })}
          {...{ typed, type, faultOf, isOpen, leave }}
        />
      )}
      <h2>{t({ zh: '单位', en: 'Enterprise' })}</h2>
      <div className="field">
        <span className="soft">{t({ zh: '统一社会信用代码', en: 'Unified social credit code' })}</span>
        <br />
        <code>{uscc}</code>
      </div>
      {text(
        'name',
        { zh: '单位名称', en: 'Name' },
        {
          hint: {
            zh: '与登录信息不同的，由审核人员确认',
            en: 'A reviewer confirms one that differs from your login',
          },
        },
      )}
      {choice(
        'district',
        { zh: '登记所在区', en: 'District of registration' },
        catalogue.districts.map(({ code, name }) => ({ id: code, title: name })),
      )}
      {text('registeredOn', { zh: '成立日期', en: 'Registered on' }, { kind: 'date' })}
      {text(
        'industryClass',
        { zh: '国民经济行业代码（可不填）', en: 'Industry class (optional)' },
        { hint: { zh: 'GB/T 4754，例如 I65 或 6513', en: 'GB/T 4754, e.g. I65 or 6513' } },
      )}
    </>
  );
}

/** The facts that the guide asks for. */
export function FactFields({
  facts,
  ...props
}: FieldsProps & {
  readonly facts: readonly FactDefinition[];
  /** What stands before the ids of its fields, where a page has the same fact more than once. */
  readonly prefix?: string;
}) {
  return facts.map((fact) => <FactField key={fact.id} fact={fact} {...props} />);
}

function FactField({
  fact,
  typed,
  type,
  faultOf,
  isOpen = () => true,
  leave,
  prefix = '',
}: FieldsProps & { readonly fact: FactDefinition; readonly prefix?: string }) {
  const t = useText();
  const name = `facts.${fact.id}`;
  const id = `${prefix}${name}`;
  const value = typed[name] ?? '';
  const found = faultOf(name);
  const fault = found && t(found);
  const isDisabled = !isOpen(name);
  const common = {
    value,
    disabled: isDisabled,
    onChange: ({ target }: { readonly target: { readonly value: string } }) => type(name, target.value),
    onBlur: () => leave(name),
  };
  const label = t(fact.title);
  switch (fact.type) {
    case 'money':
      return <MoneyField id={id} name={name} label={label} {...{ typed, type, faultOf, isOpen, leave }} />;
    case 'boolean':
      return (
        <fieldset
          className={fault === undefined ? 'field' : 'field field-wrong'}
          id={id}
          tabIndex={-1}
          aria-describedby={fault === undefined ? undefined : `${id}-fault`}
        >
          <legend>{label}</legend>
          {fault !== undefined && (
            <span className="wrong" id={`${id}-fault`}>
              {fault}
            </span>
          )}
          {(['yes', 'no'] as const).map((one) => (
            <label className="choice" key={one}>
              <input
                type="radio"
                name={id}
                value={one}
                checked={value === one}
                disabled={isDisabled}
                onChange={() => type(name, one)}
              />
              {one === 'yes' ? t({ zh: '是', en: 'Yes' }) : t({ zh: '否', en: 'No' })}
            </label>
          ))}
        </fieldset>
      );
    case 'enum':
      return (
        <Field {...{ id, label, fault }}>
          {(props) => (
            <select {...props} {...common}>
              <option value="">{t({ zh: '请选择', en: 'Choose' })}</option>
              {fact.values?.map((one) => (
                <option key={one.id} value={one.id}>
                  {t(one.title)}
                </option>
              ))}
            </select>
          )}
        </Field>
      );
    case 'list':
      return (
        <Field
          {...{ id, label, fault }}
          hint={t({ zh: '每行一项，至多 50 项', en: 'One a line, at most 50' })}
        >
          {(props) => <textarea {...props} {...common} rows={4} />}
        </Field>
      );
    case 'date':
      return (
        <Field {...{ id, label, fault }}>
          {(props) => <input {...props} {...common} className="short" type="date" />}
        </Field>
      );
    case 'integer':
      return (
        <Field {...{ id, label, fault }}>
          {(props) => <input {...props} {...common} className="short" inputMode="numeric" />}
        </Field>
      );
    default:
      return (
        <Field {...{ id, label, fault }}>{(props) => <input {...props} {...common} maxLength={500} />}</Field>
      );
  }
}

/** An amount: typed and shown in yuan. */
function MoneyField({
  id,
  name = id,
  label,
  typed,
  type,
  faultOf,
  isOpen = () => true,
  leave,
}: FieldsProps & { readonly id: string; readonly name?: string; readonly label: string }) {
  const t = useText();
  const fault = faultOf(name);
  return (
    <Field {...{ id, label }} fault={fault && t(fault)}>
      {(props) => (
        <span className="unit">
          <input
            {...props}
            inputMode="decimal"
            autoComplete="off"
            value={typed[name] ?? ''}
            disabled={!isOpen(name)}
            onChange={({ target }) => type(name, target.value)}
            onBlur={() => leave(name)}
          />
          {t({ zh: '元', en: 'yuan' })}
        </span>
      )}
    </Field>
  );
}
