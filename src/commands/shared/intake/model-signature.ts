import { CannotTell } from '../../../base/errors.ts';
import type { PackagedFile } from '../../../domain/model-manifest.ts';
import { MAX_RECORDED_STATEMENT, signerKey, type ModelSignature } from '../../../domain/model-statement.ts';
import { reason } from '../../../domain/reason.ts';
import type { ModelTrust } from '../../../ports/model-signatures.ts';
import type { OptionSpec, Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';

type Refused = Extract<Outcome, { kind: 'refused' }>;

export const TRUST_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--model-key <file>',
    description: 'the folder must hold a model.sig (OpenSSF Model Signing) by this public key (PEM)',
  },
  { flags: '--model-ca <file>', description: 'the same by a certificate of these authorities (PEM)' },
];

export const SIGN_OPTION: OptionSpec = {
  flags: '--sign-model <file>',
  description:
    'write <line>-<version>.model.sig into the folder of the registry (else here), signed with this private key (PEM; MODELSMITH_MODEL_KEY_PASSPHRASE)',
};

export interface SignerInput {
  readonly modelKey: string | null;
  readonly modelCa: string | null;
}

const MAX_PEM_BYTES = 1024 * 1024;

/** Holds the folder of a model against the signature in it, where one is asked for. @returns it, where it is to be recorded. */
export async function checkModelSignature(
  context: Context,
  headline: string,
  folder: string,
  { modelKey, modelCa }: SignerInput,
): Promise<ModelSignature | Refused | null> {
  const { files, modelSignatures, terminal } = context;
  const directory = files.absolute(folder);
  if (modelKey !== null && modelCa !== null)
    throw new CannotTell(
      'USAGE',
      'a model is signed by a key or by a certificate: --model-key or --model-ca',
    );
  const named = modelKey ?? modelCa;
  if (named === null) {
    if (await modelSignatures.isSigned(directory))
      terminal.say('warning: model.sig was not checked: say whose it must be with --model-key or --model-ca');
    return null;
  }
  const pem = await files.read(named, MAX_PEM_BYTES);
  const trust: ModelTrust = { kind: modelKey === null ? 'authority' : 'key', pem };
  const signed = await modelSignatures.verify(directory, trust, context.now());
  if (signed.kind === 'signed') {
    const { signature } = signed;
    terminal.say(
      `model.sig covers ${signed.files} files, by the ${signature.method} ${signerKey(signature)}`,
    );
    if (Buffer.byteLength(signature.statement, 'base64') <= MAX_RECORDED_STATEMENT) return signature;
    terminal.say('warning: model.sig lists too many files to be recorded, so that it attests nothing');
    return null;
  }
  const { code, message, place } = signed.finding;
  return {
    kind: 'refused',
    headline,
    reasons: [reason('ARTIFACT_REFUSED', { fault: code, message, path: place.file })],
  };
}

/** Reads the key before anything is copied, so that a wrong one leaves nothing half done. @returns what writes the signature. */
export async function modelSigner(
  { files, environment, modelSignatures, terminal }: Context,
  keyFile: string,
): Promise<(name: string, artifact: readonly PackagedFile[], path: string) => Promise<void>> {
  const pem = await files.read(keyFile, MAX_PEM_BYTES);
  const passphrase = environment['MODELSMITH_MODEL_KEY_PASSPHRASE'] ?? null;
  const sign = (name: string, artifact: readonly PackagedFile[]): Uint8Array =>
    modelSignatures.sign(name, artifact, pem, passphrase);
  sign('trial', []);
  return async (name, artifact, path) => {
    if (await files.exists(path)) {
      terminal.say(`${escapeShown(path)} is there already, and stays`);
      return;
    }
    await files.create(path, sign(name, artifact));
    terminal.say(`signed ${artifact.length} files: ${escapeShown(path)}`);
  };
}
