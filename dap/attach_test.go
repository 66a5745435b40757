package dap

func useSuspend(c *rawClient) {}
