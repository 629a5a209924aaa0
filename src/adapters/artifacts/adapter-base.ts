import { memberOf, textOf, type ForeignJson } from '../../base/foreign-json.ts';
import { parseBasePin, printBasePin } from '../../domain/base-pin.ts';
import { Label } from '../../domain/text.ts';
import type { ArtifactBase, ArtifactFault, ArtifactFinding, InspectOptions } from '../../ports/artifacts.ts';
import { ADAPTER_CONFIG } from './peft-config.ts';

const NAME = 'base_model_name_or_path';

/**
 * Settles which base, at which commit or digest, the adapter belongs to. What the configuration states is compared
 * with what the submitter states; either may supply what the other leaves open.
 */
export function settleBase(
  config: ForeignJson,
  stated: InspectOptions['statedBase'],
): { readonly base: ArtifactBase | null; readonly findings: readonly ArtifactFinding[] } {
  const refuse = (code: ArtifactFault, key: string, message: string) => ({
    base: null,
    findings: [{ code, message, place: { file: ADAPTER_CONFIG, key } }],
  });
  const configName = textOf(memberOf(config, NAME)) ?? '';
  const revision = textOf(memberOf(config, 'revision'));
  const configPin = revision === undefined ? null : parseBasePin(revision);
  const statedPin = stated === undefined ? null : parseBasePin(stated.pin);

  for (const name of [configName, stated?.name ?? '']) {
    if (name !== '' && !Label.safeParse(name).success) {
      return refuse(
        'PEFT_CONFIG_INVALID',
        NAME,
        'The name of the base must be one line of at most 400 visible characters.',
      );
    }
  }
  if (stated !== undefined && statedPin === null) {
    return refuse(
      'BASE_FLOATING',
      'revision',
      `The base is stated as ${stated.name}@${stated.pin}, which can move. State a full commit: --base ${stated.name}@<commit>.`,
    );
  }
  if (stated !== undefined && configName !== '' && stated.name !== configName) {
    return refuse(
      'BASE_MISMATCH',
      NAME,
      `The base is stated as ${stated.name}, but ${ADAPTER_CONFIG} names ${configName}.`,
    );
  }
  if (
    statedPin !== null &&
    configPin?.kind === statedPin.kind &&
    printBasePin(configPin) !== printBasePin(statedPin)
  ) {
    return refuse(
      'BASE_MISMATCH',
      'revision',
      `The base is stated at ${printBasePin(statedPin)}, but ${ADAPTER_CONFIG} pins ${printBasePin(configPin)}.`,
    );
  }
  if (configName !== '' && configPin !== null)
    return { base: { name: configName, pin: configPin, statedBy: 'adapter-config' }, findings: [] };
  if (stated !== undefined && statedPin !== null)
    return { base: { name: stated.name, pin: statedPin, statedBy: 'submitter' }, findings: [] };
  if (configName === '')
    return refuse(
      'BASE_FLOATING',
      NAME,
      `${ADAPTER_CONFIG} names no base. State it: --base <name>@<commit>.`,
    );
  const why =
    revision === undefined
      ? '"revision" is not set'
      : `"revision" is ${JSON.stringify(revision)}, which can move`;
  return refuse(
    'BASE_FLOATING',
    'revision',
    `The base ${configName} is not pinned: ${why}. State the commit it was trained on: --base ${configName}@<commit>.`,
  );
}

/** The base of a model that is not able to say itself what it was made from. */
export function statedBaseOf(
  stated: InspectOptions['statedBase'],
  file: string,
): { readonly base: ArtifactBase | null; readonly findings: readonly ArtifactFinding[] } {
  const pin = stated === undefined ? null : parseBasePin(stated.pin);
  if (stated !== undefined && pin !== null && Label.safeParse(stated.name).success)
    return { base: { name: stated.name, pin, statedBy: 'submitter' }, findings: [] };
  const message =
    stated === undefined
      ? 'A whole model does not say what it was made from. State it: --base <name>@<commit>.'
      : `The base is stated as ${stated.name}@${stated.pin}, which can move or is no name. State a full commit: --base <name>@<commit>.`;
  return { base: null, findings: [{ code: 'BASE_FLOATING', message, place: { file } }] };
}
