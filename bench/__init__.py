"""The portal's benchmarks: ratios against the framework's own floor, measured in the same run."""
