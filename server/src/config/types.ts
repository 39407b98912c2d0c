import type { ClaimMap } from '../auth/claim-map.js';
import type { Admission } from '../auth/types.js';
import type { IceServer } from '@lms-live/protocol';

/** What the configuration is read from beside the environment. */
export interface ConfigFiles {
  /** @throws where the file cannot be read */
  readonly read: (path: string) => string;
}

/** Where in the tenants file something stands, and what it is read with. */
export interface TenantPlace {
  /** How a sentence names it, e.g. `tenants.json: tenants[0].keys[1]`. */
  readonly where: string;
  readonly problems: string[];
  readonly files: ConfigFiles;
  /** What paths in the file are relative to. */
  readonly folder: string;
  readonly production: boolean;
}

/** The whole configuration, read once at the start and frozen. See `environment.ts` for each variable, its unit, default and reason. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** null: metrics are not served. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Address that browsers use; also the default `aud`. */
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly trustedProxies: readonly string[];
  readonly iceServers: readonly IceServer[];
  /** The built-in STUN server; null: there is none, or none is needed. Not `isRequired`: where its port is taken, the server starts without it. */
  readonly stun: { readonly host: string; readonly port: number; readonly isRequired: boolean } | null;
  /** null: no TURN credentials are made. */
  readonly turn: { readonly urls: readonly string[]; readonly secret: string } | null;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly transport: 'auto' | 'uws' | 'ws';
  /** How long SIGTERM gives connections to move to another server, ms; null: by their number. */
  readonly drainMs: number | null;
  /** Sockets of one address that have not been let in yet. */
  readonly maxPendingHellosPerAddress: number;
  readonly tenants: readonly TenantConfig[];
}

export interface TenantConfig {
  readonly id: string;
  readonly issuer: string | null;
  readonly audiences: readonly string[] | null;
  readonly origins: readonly string[];
  readonly maxLifetimeS: number;
  readonly admission: Admission;
  /** Default: tokens made for this server. */
  readonly claims?: ClaimMap;
  readonly limits: TenantLimits;
  readonly keys: readonly KeyConfig[];
}

/** What a tenant may take; the names and the defaults are those of `LIMITS`. */
export interface TenantLimits {
  readonly maxConnectionsPerTenant: number;
  readonly roomCommandsPerSecond: number;
  readonly roomCommandBurst: number;
  readonly roomSignalsPerSecond: number;
  readonly roomSignalBurst: number;
  readonly tenantCommandsPerSecond: number;
  readonly tenantCommandBurst: number;
}

/** `algorithm` is fixed for each key. `for`: who it signs for; people, where it does not say. */
export type KeyConfig =
  | {
      readonly kind: 'secret';
      readonly algorithm: 'HS256';
      readonly secret: string;
      readonly kid?: string;
      readonly for?: 'service';
    }
  | {
      readonly kind: 'pem';
      readonly algorithm: 'RS256' | 'PS256' | 'ES256' | 'EdDSA';
      readonly pem: string;
      readonly kid?: string;
      readonly for?: 'service';
    }
  | {
      readonly kind: 'jwks';
      readonly algorithms: readonly ('RS256' | 'PS256' | 'ES256' | 'EdDSA')[];
      readonly url: string;
    };
