/**
 * Checks what cannot be run here: the Dockerfile by the rules of its language and ours, the compose file and everything
 * that it names, and the shell scripts by their syntax.
 * `npm run check:containers` says what is wrong, in sentences.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';

const DOCKERFILE = 'server/Dockerfile';
const DEPLOY = 'deploy';
const COMPOSE = join(DEPLOY, 'compose.yaml');
const SCRIPTS = [join(DEPLOY, 'make-secrets.sh'), 'scripts/system-packages.sh', '.ci/run'];
/** Made by `make-secrets.sh` and never committed. */
const MADE = /^\.\/secrets\//;
/** A value that somebody typed where a file should be named. */
const SECRET_NAME = /(SECRET|PASSWORD|TOKEN|PRIVATE|_KEY)$/;

/**
 * @typedef {{ image?: string, build?: { context: string, dockerfile: string }, environment?: Record<string, string>,
 *   ports?: string[], volumes?: string[], secrets?: string[], networks?: string[] | Record<string, unknown>,
 *   healthcheck?: { test: string[] }, depends_on?: Record<string, unknown>, privileged?: boolean, cap_drop?: string[],
 *   security_opt?: string[], user?: string }} Service
 * @typedef {{ services: Record<string, Service>, secrets?: Record<string, { file?: string }>,
 *   volumes?: Record<string, unknown>, networks?: Record<string, unknown> }} Compose
 */

/** @returns {string[]} */
function dockerfileFaults() {
  const text = readFileSync(DOCKERFILE, 'utf8');
  const faults = validate(text).map(({ range, message }) => `line ${range.start.line + 1}: ${message}`);
  // Comments and continued lines away: one instruction per entry.
  const instructions = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '');
  const last = instructions.slice(instructions.map((line) => line.startsWith('FROM ')).lastIndexOf(true));
  const stages = new Set(instructions.flatMap((line) => /^FROM \S+ AS (\S+)$/i.exec(line)?.[1] ?? []));

  for (const line of instructions) {
    const image = /^FROM (\S+)/.exec(line)?.[1];
    if (image !== undefined && !stages.has(image)) faults.push(...imageFaults(image));
    const from = /^COPY --from=(\S+)/.exec(line)?.[1];
    if (from !== undefined && !stages.has(from)) faults.push(`COPY takes from the stage ${from}, which is not there`);
    if (/^COPY (?!--from)/.test(line)) {
      for (const source of line.split(' ').slice(1, -1)) {
        if (!existsSync(source)) faults.push(`COPY names ${source}, which does not exist`);
        else if (!isInContext(source)) faults.push(`COPY names ${source}, which .dockerignore leaves out`);
      }
    }
    if (/^(ENV|ARG) .*(SECRET|PASSWORD|TOKEN)\S*=\S/.test(line)) faults.push(`a secret stands in the image: ${line}`);
    if (/https?:\/\//.test(line) && !line.startsWith('LABEL ') && !line.includes('127.0.0.1'))
      faults.push(`the build names a host: ${line}`);
  }
  for (const wanted of ['USER', 'HEALTHCHECK', 'EXPOSE', 'VOLUME', 'CMD', 'LABEL']) {
    if (!last.some((line) => line.startsWith(`${wanted} `))) faults.push(`the last stage has no ${wanted}`);
  }
  if (last.some((line) => /^USER (root|0)\b/.test(line))) faults.push('the last stage runs as root');
  if (last.some((line) => /^CMD (?!\[)/.test(line))) faults.push('CMD goes through a shell, which keeps signals away');
  for (const workspace of workspaces()) {
    if (!text.includes(`COPY ${workspace}/package.json ${workspace}/`))
      faults.push(`the manifest of ${workspace} is not copied before npm ci, which needs all of them`);
  }
  return faults;
}

/** @returns {string[]} */
function workspaces() {
  return JSON.parse(readFileSync('package.json', 'utf8')).workspaces;
}

/**
 * Whether .dockerignore, a list that begins with `*`, lets a path in.
 * @param {string} path
 */
function isInContext(path) {
  const allowed = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  return allowed.some((entry) => path === entry || path.startsWith(`${entry}/`));
}

/** @param {string} image */
function imageFaults(image) {
  const tag = /:([^/]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest' ? [`the image ${image} has no tag that says which`] : [];
}

/** @returns {string[]} */
function composeFaults() {
  /** @type {Compose} */
  const compose = parse(readFileSync(COMPOSE, 'utf8'));
  const faults = Object.entries(compose.services).flatMap(([name, service]) =>
    serviceFaults(service, compose).map((fault) => `${name}: ${fault}`),
  );
  for (const [name, { file }] of Object.entries(compose.secrets ?? {})) {
    if (file === undefined || !MADE.test(file)) faults.push(`the secret ${name} is not a file under ./secrets`);
    else if (!readFileSync(join(DEPLOY, 'make-secrets.sh'), 'utf8').includes(file.replace('./', '')))
      faults.push(`make-secrets.sh does not make ${file}`);
  }
  const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
  for (const port of ports) {
    if (ports.indexOf(port) !== ports.lastIndexOf(port)) faults.push(`the port ${port} is published twice`);
  }
  return faults;
}

/**
 * @param {Service} service
 * @param {Compose} compose
 */
function serviceFaults(service, compose) {
  /** @type {string[]} */
  const faults = [];
  if (service.image === undefined) faults.push('has no image');
  else faults.push(...imageFaults(service.image));
  if (service.privileged === true) faults.push('is privileged');
  if (!service.cap_drop?.includes('ALL')) faults.push('keeps capabilities: cap_drop: [ALL], and add what it needs');
  if (!service.security_opt?.includes('no-new-privileges:true')) faults.push('may gain privileges');
  if (service.healthcheck === undefined) faults.push('has no healthcheck');
  if (service.build !== undefined && !existsSync(join(DEPLOY, service.build.context, service.build.dockerfile)))
    faults.push(`is built from ${service.build.dockerfile}, which does not exist`);
  for (const [key, value] of Object.entries(service.environment ?? {})) {
    if (SECRET_NAME.test(key)) faults.push(`has the secret ${key} in its environment: name a file`);
    const file = /\/run\/secrets\/(\w+)/.exec(String(value))?.[1];
    if (file !== undefined && !service.secrets?.includes(file)) faults.push(`${key} names a secret that is not given`);
  }
  for (const name of service.secrets ?? []) {
    if (compose.secrets?.[name] === undefined) faults.push(`has the secret ${name}, which is not declared`);
  }
  for (const name of Object.keys(service.depends_on ?? {})) {
    if (compose.services[name] === undefined) faults.push(`depends on ${name}, which is not there`);
  }
  for (const volume of service.volumes ?? []) {
    const source = volume.split(':')[0] ?? '';
    if (source.startsWith('.') ? !existsSync(join(DEPLOY, source)) : !(source in (compose.volumes ?? {})))
      faults.push(`mounts ${source}, which does not exist`);
  }
  const networks = Array.isArray(service.networks) ? service.networks : Object.keys(service.networks ?? {});
  for (const name of networks) {
    if (!(name in (compose.networks ?? {}))) faults.push(`is on the network ${name}, which is not declared`);
  }
  for (const port of service.ports ?? []) {
    if (!/^(\S+:)?\d+:\d+\/(tcp|udp)$/.test(port)) faults.push(`publishes ${port}: write host:container/protocol`);
  }
  return faults;
}

/** The settings in compose are ones that the server knows; a wrong one would stop its start. @returns {string[]} */
function settingFaults() {
  const documented = readSettings();
  if (documented === null) return [];
  const used = new Set(
    [DOCKERFILE, COMPOSE].flatMap((file) => readFileSync(file, 'utf8').match(/\bLMS_LIVE_[A-Z_]+/g) ?? []),
  );
  // The name that the proxy serves, which is compose's own.
  used.delete('LMS_LIVE_HOSTNAME');
  return [...used]
    .filter((name) => !documented.has(name) && !documented.has(name.replace(/_FILE$/, '')))
    .map((name) => `${name} is no setting of the server`);
}

/** @returns {Set<string> | null} */
function readSettings() {
  const file = 'server/src/config/environment.ts';
  if (!existsSync(file)) return null;
  return new Set(readFileSync(file, 'utf8').match(/\bLMS_LIVE_[A-Z_]+/g) ?? []);
}

/** @returns {string[]} */
function scriptFaults() {
  return SCRIPTS.flatMap((script) => {
    try {
      execFileSync('bash', ['-n', script], { stdio: ['ignore', 'ignore', 'pipe'] });
      return [];
    } catch (error) {
      return [String(/** @type {{ stderr?: unknown }} */ (error).stderr ?? error).trim()];
    }
  });
}

let faulty = 0;
for (const { what, faults } of [
  { what: DOCKERFILE, faults: dockerfileFaults() },
  { what: COMPOSE, faults: composeFaults() },
  { what: 'settings', faults: settingFaults() },
  { what: 'shell scripts', faults: scriptFaults() },
]) {
  console.log(`${faults.length === 0 ? 'ok    ' : 'failed'} ${what}`);
  for (const fault of faults) console.log(`       ${fault}`);
  if (faults.length > 0) faulty += 1;
}
process.exit(faulty === 0 ? 0 : 1);
