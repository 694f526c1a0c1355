-- How catalog_searchrow is kept: a view says what each row is, one function writes it, and a
-- trigger on every table it is copied from calls that function in the changing transaction.

CREATE EXTENSION IF NOT EXISTS unaccent;

-- unaccent() is only STABLE because its dictionary could be exchanged; ours is named and is not.
CREATE FUNCTION rounds_plain(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT lower(public.unaccent('public.unaccent', btrim(words))) $$;

CREATE TEXT SEARCH CONFIGURATION rounds_words (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION rounds_words
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.english_stem;

CREATE VIEW catalog_search_source AS
SELECT
    r.id AS rotation_id,
    r.specialty_id AS specialty,
    r.kind,
    r.setting,
    p.kind AS provider_kind,
    s.region_id AS state,
    rounds_plain(s.city) AS city_key,
    z.latitude::double precision AS latitude,
    z.longitude::double precision AS longitude,
    duties.hands_on,
    r.letterhead,
    r.residents_present,
    r.gives_certificate,
    d.license_checked_on,
    r.published_at,
    price.base_cents,
    price.weekly_cents,
    tax.millis AS tax_millis,
    needs.needs_status,
    needs.needs_visa,
    needs.needs_years,
    needs.needs_step1,
    needs.needs_step2,
    needs.needs_ecfmg,
    needs.needs_attempts,
    needs.needs_score,
    needs.needs_window,
    needs.needs_enrolment,
    dates.soonest_on,
    dates.starts,
    dates.least_weeks,
    dates.most_weeks,
    (net.cents + round(net.cents::numeric * tax.millis / 100000))::integer AS least_cents,
    dates.open_seats,
    dates.open_dates,
    setweight(to_tsvector('rounds_words', concat_ws(' ', r.title, sp.name, r.kind)), 'A')
        || setweight(to_tsvector('rounds_words', concat_ws(' ', p.name, s.city, st.name)), 'B')
        || setweight(to_tsvector('simple', st.code), 'B')
        || setweight(to_tsvector('rounds_words', r.summary), 'C') AS document
FROM catalog_rotation r
-- Looked up by key, one listing at a time, in this order: joins could be turned around, and where
-- the server last counted the tables while they were empty it crosses all of them.
CROSS JOIN LATERAL (
    SELECT name, kind, state FROM providers_provider WHERE id = r.provider_id LIMIT 1
) p
CROSS JOIN LATERAL (
    SELECT region_id, city, zip, time_zone FROM providers_site WHERE id = r.site_id LIMIT 1
) s
CROSS JOIN LATERAL (
    SELECT license_checked_on FROM providers_preceptor WHERE id = r.preceptor_id LIMIT 1
) d
CROSS JOIN LATERAL (
    SELECT name FROM reference_specialty WHERE code = r.specialty_id LIMIT 1
) sp
CROSS JOIN LATERAL (
    SELECT name, code FROM reference_state WHERE code = s.region_id LIMIT 1
) st
LEFT JOIN LATERAL (
    SELECT latitude, longitude FROM reference_zipplace WHERE zip = s.zip LIMIT 1
) z ON true
CROSS JOIN LATERAL (
    SELECT
        min(o.starts_on) AS soonest_on,
        coalesce(range_agg(daterange(o.starts_on, o.starts_on, '[]')), '{}') AS starts,
        min((o.ends_on - o.starts_on + 7) / 7)::smallint AS least_weeks,
        max((o.ends_on - o.starts_on + 7) / 7)::smallint AS most_weeks,
        coalesce(sum(o.seats - o.taken), 0)::integer AS open_seats,
        count(*)::integer AS open_dates
    FROM catalog_opening o
    WHERE o.rotation_id = r.id AND o.state = 'open' AND o.taken < o.seats
        AND o.starts_on > (now() AT TIME ZONE 'UTC')::date
) dates
CROSS JOIN LATERAL (
    SELECT
        r.platform_fee_cents + CASE r.price_per WHEN 'week' THEN 0 ELSE r.price_cents END
            AS base_cents,
        CASE r.price_per WHEN 'week' THEN r.price_cents ELSE 0 END AS weekly_cents
) price
CROSS JOIN LATERAL (
    SELECT price.base_cents + price.weekly_cents * coalesce(dates.least_weeks, 1) AS cents
) net
-- As `usce.reference.queries.tax_on` says it: a rate for the kind goes before one for all.
CROSS JOIN LATERAL (
    SELECT coalesce((
        SELECT (t.percent * 1000)::integer FROM reference_taxrate t
        WHERE t.state_id = s.region_id AND t.kind IN ('', r.kind)
            AND (now() AT TIME ZONE s.time_zone)::date
                BETWEEN t.starts_on AND coalesce(t.ends_on, 'infinity')
        ORDER BY t.kind DESC LIMIT 1
    ), 0) AS millis
) tax
CROSS JOIN LATERAL (
    SELECT coalesce(max(CASE m.level WHEN 'supervised' THEN 2 WHEN 'assist' THEN 1 ELSE 0 END), 0)
        ::smallint AS hands_on
    FROM catalog_duty m
    WHERE m.rotation_id = r.id
) duties
CROSS JOIN LATERAL (
    SELECT
        (array_agg(q.params->'allowed') FILTER (WHERE q.kind = 'applicant_status'))[1] AS status,
        (array_agg(q.params->'accepted') FILTER (WHERE q.kind = 'visa_accepted'))[1] AS visa,
        max((q.params->>'years')::smallint) FILTER (WHERE q.kind = 'graduation_within_years')
            AS needs_years,
        coalesce(bool_or(q.kind = 'step1_passed'), false) AS needs_step1,
        coalesce(bool_or(q.kind = 'step2_passed'), false) AS needs_step2,
        coalesce(bool_or(q.kind = 'ecfmg_certified'), false) AS needs_ecfmg,
        max((q.params->>'most')::smallint) FILTER (WHERE q.kind = 'step1_attempts')
            AS needs_attempts,
        max((q.params->>'least')::smallint) FILTER (WHERE q.kind = 'step2_score') AS needs_score,
        max((q.params->>'window')::smallint) FILTER (WHERE q.kind = 'exams_in_window')
            AS needs_window,
        coalesce(bool_or(q.kind = 'enrolment_confirmed'), false) AS needs_enrolment
    FROM catalog_requirement q
    WHERE q.rotation_id = r.id AND q.weight = 'must'
) musts
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN musts.status IS NOT NULL
            THEN ARRAY(SELECT jsonb_array_elements_text(musts.status))::varchar(8)[] END
            AS needs_status,
        CASE WHEN musts.visa IS NOT NULL
            THEN ARRAY(SELECT jsonb_array_elements_text(musts.visa))::varchar(9)[] END
            AS needs_visa,
        musts.needs_years, musts.needs_step1, musts.needs_step2, musts.needs_ecfmg,
        musts.needs_attempts, musts.needs_score, musts.needs_window, musts.needs_enrolment
) needs
WHERE r.state = 'published' AND p.state = 'verified';

-- The rotations are locked first, in one order: of two transactions that change the same listing
-- the second waits here, and its next statement sees what the first one wrote.
CREATE FUNCTION catalog_refresh_search(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM catalog_rotation WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM catalog_searchrow c
    WHERE c.rotation_id = ANY (ids) AND (
        SELECT r.state <> 'published'
            OR (SELECT p.state FROM providers_provider p WHERE p.id = r.provider_id) <> 'verified'
        FROM catalog_rotation r WHERE r.id = c.rotation_id
    );
    INSERT INTO catalog_searchrow AS c ({columns})
    SELECT {columns} FROM catalog_search_source WHERE rotation_id = ANY (ids)
    ON CONFLICT (rotation_id) DO UPDATE SET ({columns}) = ROW ({excluded})
    WHERE ROW ({current}) IS DISTINCT FROM ROW ({excluded});
END $$;

CREATE FUNCTION catalog_search_by_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_refresh_search(ARRAY(SELECT id FROM changed));
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_search_by_rotation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_refresh_search(ARRAY(SELECT DISTINCT rotation_id FROM changed));
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_search_by_provider() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_refresh_search(ARRAY(
        SELECT r.id FROM catalog_rotation r
        JOIN changed n ON n.id = r.provider_id JOIN was o ON o.id = n.id
        WHERE (n.name, n.kind, n.state) IS DISTINCT FROM (o.name, o.kind, o.state)));
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_search_by_site() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_refresh_search(ARRAY(
        SELECT r.id FROM catalog_rotation r
        JOIN changed n ON n.id = r.site_id JOIN was o ON o.id = n.id
        WHERE (n.city, n.region_id, n.zip, n.time_zone)
            IS DISTINCT FROM (o.city, o.region_id, o.zip, o.time_zone)));
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_search_by_preceptor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_refresh_search(ARRAY(
        SELECT r.id FROM catalog_rotation r
        JOIN changed n ON n.id = r.preceptor_id JOIN was o ON o.id = n.id
        WHERE n.license_checked_on IS DISTINCT FROM o.license_checked_on));
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_search_by_tax() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_refresh_search(ARRAY(
        SELECT r.id FROM catalog_rotation r JOIN providers_site s ON s.id = r.site_id
        WHERE s.region_id IN (SELECT state_id FROM changed)));
    RETURN NULL;
END $$;
