import { useText } from '../data/language.tsx';

/** The form of a material that the guide gives, to be filled in and handed back. */
export function TemplateLink({
  material: { template },
  name,
}: {
  readonly material: { readonly template?: string | undefined };
  readonly name: string;
}) {
  const t = useText();
  if (template === undefined) return null;
  const isOwn = template.startsWith('/');
  return (
    <a href={template} {...(isOwn ? { download: '' } : { target: '_blank', rel: 'noreferrer' })}>
      {t({ zh: '下载模板', en: 'Form to fill in' })}
      <span className="unseen"> {name}</span>
    </a>
  );
}
