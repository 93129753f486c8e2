"""mitmproxy's hooks: a flow in, a request to the gate, its outcome back into the flow."""
