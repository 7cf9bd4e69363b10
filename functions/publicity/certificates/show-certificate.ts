import type * as z from 'zod';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { ownApplication } from '../../filing/applications/own-application.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import type { CertificateViewSchema } from './certificate-view.ts';

/**
 * The certificate of an application of the caller's own organisation, with what it rests on in words.
 * @throws DomainError not-found for another organisation's; not-in-this-state where none was issued.
 */
export async function showCertificate(
  parts: { readonly store: ApplicationStore; readonly policy: PolicyBook },
  actor: Actor,
  applicationId: ApplicationId,
): Promise<z.input<typeof CertificateViewSchema>> {
  const application = await ownApplication(parts.store, actor, applicationId);
  if (application.status !== 'recognised') throw new DomainError('not-in-this-state');
  const { certificate, content, guide } = application;
  const opened = await parts.policy.requireItem(guide, content.item);
  const { documentNumber } = parts.policy.notice;
  const organisationName = content.enterprise.name;
  const shown = { ...certificate, organisationName, documentNumber };
  return {
    ...shown,
    item: content.item,
    title: opened.law.part.title,
    clause: opened.law.item.clause,
    text: wording(opened, shown),
  };
}

function wording(
  { law, guide }: OpenedItem,
  shown: {
    readonly number: string;
    readonly issuedAt: string;
    readonly organisationName: string;
    readonly documentNumber: string;
  },
): Bilingual {
  const { number, organisationName, documentNumber } = shown;
  const { title } = law.part;
  const on = shanghaiDate(new Date(shown.issuedAt));
  const referred = law.part.kind === 'referral';
  return {
    zh: `${organisationName}：根据${documentNumber} ${law.item.clause}及《${guide.title.zh}》，现${referred ? '予以推荐' : '予以认定'}：${title.zh}。编号 ${number}，${on}。本证明不含资金。`,
    en: `${organisationName} is ${referred ? 'referred' : 'recognised'} for: ${title.en}, by ${documentNumber}, ${law.item.clause}, and the ${guide.title.en}. Number ${number}, ${on}. No money comes with this certificate.`,
  };
}
