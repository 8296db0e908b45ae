export { onboardSsoConnector } from './onboard-sso-connector.ts';
