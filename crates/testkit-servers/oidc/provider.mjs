// An OpenID provider for tests: what it is told comes in the environment, what it knows stays in its memory.
import Provider from 'oidc-provider';

const { PORT, CLIENT_SECRET, CALLBACK, ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS } = process.env;

// A native application may be sent back to any port of its own machine.
const client = (client_id, token_endpoint_auth_method) => ({
  client_id,
  client_secret: CLIENT_SECRET,
  token_endpoint_auth_method,
  application_type: 'native',
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  redirect_uris: [`http://127.0.0.1${CALLBACK}`, `http://localhost${CALLBACK}`],
});

const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: [client('basic', 'client_secret_basic'), client('post', 'client_secret_post')],
  scopes: ['openid', 'offline_access', 'orders'],
  pkce: { required: () => true },
  // Its pages take any name and any password.
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  // Each is good for one use; a second use ends all that came of the same sign-in.
  rotateRefreshToken: true,
  ttl: {
    AccessToken: Number(ACCESS_TOKEN_SECONDS),
    ClientCredentials: Number(ACCESS_TOKEN_SECONDS),
    RefreshToken: Number(REFRESH_TOKEN_SECONDS),
    AuthorizationCode: 60,
    Grant: 86_400,
    IdToken: 3_600,
    Interaction: 600,
    Session: 3_600,
  },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
});

provider.listen(Number(PORT), '127.0.0.1');
