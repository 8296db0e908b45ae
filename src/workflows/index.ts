export { onboardManySsoConnectors } from './bulk/onboard-many-sso-connectors.ts';
export { findDrift } from './drift/find-drift.ts';
export { offboardSsoConnector } from './offboarding/offboard-sso-connector.ts';
export { onboardSsoConnector } from './onboarding/onboard-sso-connector.ts';
export { keepConnectorRecord } from './shared/connector-record.ts';
export { deliverEvent } from './shared/deliver-event.ts';
export { callBack } from './shared/notify.ts';
