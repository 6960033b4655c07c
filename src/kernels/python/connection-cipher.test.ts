import { expect, test } from 'vitest'
import { decryptConnection } from '../../broker/connection-cipher'
import { startKernel } from '../../testing/test-kernel'

test('what EventHubsUtils.encrypt gives, the broker decrypts', async () => {
  const python = await startKernel()
  const plain =
    'Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=abc=;EntityPath=clicks'
  await python.run(`print(sc._jvm.org.apache.spark.eventhubs.EventHubsUtils.encrypt(${JSON.stringify(plain)}), end="")`)
  expect(await decryptConnection(python.text())).toEqual({ plain })
}, 60_000)
