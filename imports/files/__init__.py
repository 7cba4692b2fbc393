"""The formats that lists come in, each as a stream of records; `imports.reading` finds the header and makes rows."""
