"""One table over many saved models: finds them, reads them in processes, and keeps what is finished."""
