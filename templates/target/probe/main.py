def main(argv):
    """PID ENVIRON VERB [ARG...]: PID is the service's main process, ENVIRON an open file with its environment, or `-`."""
    print("there is no verb " + " ".join(argv[2:3]), file=sys.stderr)
    return 2


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
