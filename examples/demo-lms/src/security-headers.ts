import { secureHeaders } from 'hono/secure-headers';

/**
 * A strict policy that LMS Live needs nothing more than: its script and its connections come from the live server,
 * its styles are constructed in the script, and Lit's is the only Trusted Types policy.
 */
export function securityHeaders({
  liveServerUrl,
  isSecure,
}: {
  readonly liveServerUrl: string;
  readonly isSecure: boolean;
}) {
  const socketUrl = liveServerUrl.replace(/^http/, 'ws');
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", liveServerUrl],
      connectSrc: ["'self'", liveServerUrl, socketUrl],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
      trustedTypes: ['lit-html', "'allow-duplicates'"],
      requireTrustedTypesFor: ["'script'"],
    },
    referrerPolicy: 'same-origin',
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    xFrameOptions: 'DENY',
    strictTransportSecurity: isSecure ? 'max-age=31536000' : false,
  });
}
