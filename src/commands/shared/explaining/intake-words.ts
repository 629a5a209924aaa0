import type { IntakeRuleId } from '../../../domain/intake-rules.ts';

/** What to do where a rule is broken. */
export const INTAKE_REMEDIES: { readonly [R in IntakeRuleId]: string } = {
  'version-higher': 'give it a version after those the line has',
  'base-read-from-adapter': 'write the revision of the base into adapter_config.json',
  'code-stated': 'add lineage.training.codeCommit to the metadata',
  'contact-stated': 'add contact to the metadata',
  'intended-use-stated': 'add intendedUse to the metadata',
  'licence-stated': 'add licence to the metadata, and to each data set there',
  'data-stated': 'add jurisdiction, personalData and retention to each data set of the metadata',
  'data-sheets': 'add sheet, the SHA-256 of its data sheet, to each data set of the metadata',
  'legal-basis': 'add legalBasis, the SHA-256 of what shows it, to each data set with personal data',
};
